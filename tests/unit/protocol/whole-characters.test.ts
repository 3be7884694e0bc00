import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WholeCharacters } from '#protocol/whole-characters.ts';

const text = '「土壌」、é…—“ok” 👨‍👩‍👧 ｱ。';
const bytes = Buffer.from(text);

function take(pieces: readonly Uint8Array[]): Buffer {
  const characters = new WholeCharacters();
  return Buffer.concat(pieces.map((piece) => characters.take(piece)));
}

describe('characters that are cut', () => {
  it('TERM-21 come whole, wherever the stream is cut', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      const characters = new WholeCharacters();
      const first = characters.take(bytes.subarray(0, at));
      expect(Buffer.from(first).toString()).not.toContain('\ufffd');
      const rest = characters.take(bytes.subarray(at));
      expect(Buffer.concat([first, rest]).equals(bytes)).toBe(true);
    }
  });

  it('TERM-21 nothing is lost of bytes that are no text, but for what may yet become a character', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 8 }), (pieces) => {
        const whole = Buffer.concat(pieces);
        const taken = take(pieces);
        expect(whole.subarray(0, taken.length).equals(taken)).toBe(true);
        expect(whole.length - taken.length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('TERM-21 a repaint forgets what had begun', () => {
    const characters = new WholeCharacters();
    characters.take(bytes.subarray(0, 2));
    characters.drop();
    expect(Buffer.from(characters.take(Buffer.from('a'))).toString()).toBe('a');
  });

  it('TERM-21 is needed: xterm.js loses 「 when it is cut after its second byte', async () => {
    const terminal = new headless.Terminal({ allowProposedApi: true });
    terminal.write(bytes.subarray(0, 2));
    await new Promise<void>((done) => terminal.write(bytes.subarray(2), done));
    expect(terminal.buffer.active.getLine(0)?.translateToString(true)).not.toContain('「');
  });
});
