import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  examine,
  PASTE_LENGTH,
  preview,
  SHOWN_LINES,
  visible,
  withoutLastBreak,
} from '../../../src/client/comfort/paste.ts';
import { PasteGuard, type PasteTarget } from '../../../src/client/comfort/paste-guard.ts';

const fromHex = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => String.fromCharCode(from + i));
const CONTROLS = [...fromHex(0, 0x20), ...fromHex(0x7f, 0xa0)];

describe('what is pasted', () => {
  it('CLIENT-12 leaves tab and newline of all control characters, whatever is pasted', () => {
    const anything = fc.array(fc.oneof(fc.constantFrom(...CONTROLS), fc.string()), { maxLength: 60 });
    fc.assert(
      fc.property(anything, (pieces) => {
        const { text } = examine(pieces.join(''));
        const left = [...text].filter((letter) => CONTROLS.includes(letter));
        expect(left.filter((letter) => letter !== '\t' && letter !== '\n')).toEqual([]);
      }),
    );
  });

  it('CLIENT-12 cannot end the brackets of a bracketed paste', () => {
    expect(examine('ls\x1b[201~rm -r x\x9b201~')).toMatchObject({ text: 'ls[201~rm -r x201~', removed: 2 });
  });

  it('CLIENT-12 keeps what is no control character, and makes one kind of line break', () => {
    expect(examine('日本語\tA\r\nB\rC')).toEqual({
      text: '日本語\tA\nB\nC',
      lines: 3,
      chars: 7,
      removed: 0,
      breaks: 'inside',
    });
  });

  it('CLIENT-12 tells a break inside from one at the end, which runs the command too', () => {
    expect(['ls', 'ls\n', 'ls\r\n\n', 'a\nb', ''].map((text) => examine(text).breaks)).toEqual([
      'none',
      'end',
      'end',
      'inside',
      'none',
    ]);
    expect(withoutLastBreak('ls\n')).toBe('ls');
  });

  it('CLIENT-12 shows twelve lines, counts the rest, and what cannot be seen can be seen', () => {
    const long = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join('\n');
    expect(preview(`${long}\n`)).toMatchObject({ more: 8 });
    expect(preview(long).lines).toHaveLength(SHOWN_LINES);
    expect(visible('a\x1bb\x7f\u202e\x9bc')).toBe('a␛b␡⟨U+202E⟩⟨U+009B⟩c');
  });
});

const host = { mayType: () => true, tooLong: () => undefined, moved: () => undefined };

/** Pastes as a real terminal does; headless has no paste of its own. */
class Target implements PasteTarget {
  readonly #term = new Terminal({ allowProposedApi: true });
  readonly pasted: string[] = [];
  focused = 0;
  get modes() {
    return this.#term.modes;
  }
  paste(text: string): void {
    this.pasted.push(text);
  }
  focus(): void {
    this.focused += 1;
  }
  write(data: string): Promise<void> {
    return new Promise((resolve) => this.#term.write(data, resolve));
  }
}

describe('asking before a paste', () => {
  it('CLIENT-12 one line goes at once; several are asked about, and the answer is done', async () => {
    const target = new Target();
    const guard = new PasteGuard(host);
    guard.offer(target, 'ls -l');
    expect(target.pasted).toEqual(['ls -l']);
    guard.offer(target, 'a\nb\n');
    expect(target.pasted).toHaveLength(1);
    expect(guard.question.value).toMatchObject({ lines: 2, held: false });
    guard.answer('cancel', true);
    expect(guard.question.value).toBeNull();
    guard.offer(target, 'a\n');
    guard.answer('without-last-break', false);
    await target.write('\x1b[?2004h');
    guard.offer(target, 'a\nb');
    expect(guard.question.value?.held).toBe(true);
    guard.answer('paste', true);
    expect(target.pasted.slice(1)).toEqual(['a', 'a\nb']);
    expect(target.focused).toBe(3);
  });

  it('CLIENT-12 asks no more on this page once told so with a paste, and not with a cancel', () => {
    const target = new Target();
    const guard = new PasteGuard(host);
    guard.offer(target, 'a\nb');
    guard.answer('cancel', true);
    guard.offer(target, 'a\nb');
    expect(guard.question.value).not.toBeNull();
    guard.answer('paste', true);
    guard.offer(target, 'c\nd');
    expect(target.pasted).toEqual(['a\nb', 'c\nd']);
  });

  it('CLIENT-12 who may not type is asked nothing, and no text of theirs goes out', () => {
    const target = new Target();
    const guard = new PasteGuard({ ...host, mayType: () => false });
    guard.offer(target, 'secret\nlines\n');
    expect(guard.question.value).toBeNull();
    expect(target.pasted).toEqual(['s']);
  });

  it('CLIENT-12 pastes nothing of what is too long, and says so', () => {
    const target = new Target();
    let told = 0;
    const guard = new PasteGuard({
      ...host,
      tooLong: () => {
        told += 1;
      },
    });
    guard.offer(target, 'x'.repeat(PASTE_LENGTH + 1));
    expect([told, target.pasted]).toEqual([1, []]);
    guard.offer(target, 'x'.repeat(PASTE_LENGTH));
    expect([told, target.pasted.length]).toEqual([1, 1]);
  });

  it('CLIENT-12 pastes nothing once the keyboard has moved on, whether before the answer or at it', () => {
    let driving = true;
    let told = 0;
    const moved = () => {
      told += 1;
    };
    const target = new Target();
    const guard = new PasteGuard({ ...host, mayType: () => driving, moved });
    guard.offer(target, 'a\nb');
    guard.keyboardMoved();
    expect(guard.question.value).not.toBeNull(); // still the same person's
    driving = false;
    guard.answer('paste', true);
    expect([told, target.pasted]).toEqual([1, []]);
    driving = true;
    guard.offer(target, 'a\nb'); // asked again: nothing was pasted by that answer
    driving = false;
    guard.keyboardMoved();
    expect([told, guard.question.value]).toEqual([2, null]);
    guard.keyboardMoved();
    expect([told, target.pasted]).toEqual([2, []]);
  });

  it('CLIENT-12 a question goes with its terminal, and no other one does', () => {
    const [target, other] = [new Target(), new Target()];
    const guard = new PasteGuard(host);
    guard.offer(target, 'a\nb');
    guard.forget(other);
    expect(guard.question.value).not.toBeNull();
    guard.forget(target);
    guard.answer('paste', false);
    expect([guard.question.value, target.pasted]).toEqual([null, []]);
  });
});
