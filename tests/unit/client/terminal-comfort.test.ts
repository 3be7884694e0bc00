import { Terminal } from '@xterm/headless';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endedInWords, type ListedCommand, stateInWords } from '../../../src/client/comfort/command-words.ts';
import { textInSight } from '../../../src/client/comfort/copying.ts';
import { EXTRA_KEYS, sequenceOf, withModifiers } from '../../../src/client/comfort/extra-keys.ts';
import {
  FullWidthTyped,
  keysFor,
  repairOf,
  stillBeforeCursor,
} from '../../../src/client/comfort/half-width.ts';
import { HeldKeys } from '../../../src/client/comfort/held-keys.ts';
import { Hold } from '../../../src/client/comfort/hold.ts';
import { LineHistory } from '../../../src/client/comfort/line-history.ts';
import { lineNumber, spoken } from '../../../src/client/comfort/line-numbers.ts';
import { foundOf, objection } from '../../../src/client/comfort/search.ts';
import { shortcutOf } from '../../../src/client/comfort/shortcuts.ts';
import { KEY_NAMES } from '../../../src/client/words-terminal.ts';

type Held = 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey';

const press = (mac: boolean, code: string, held: readonly Held[]) =>
  shortcutOf(
    {
      key: code,
      code,
      ctrlKey: held.includes('ctrlKey'),
      shiftKey: held.includes('shiftKey'),
      altKey: held.includes('altKey'),
      metaKey: held.includes('metaKey'),
    },
    mac,
  );
const key = (code: string, ...held: readonly Held[]) => press(false, code, held);

describe('shortcuts', () => {
  it('CLIENT-13 keeps for the page what people expect, and for the program everything else', () => {
    expect(key('KeyC', 'ctrlKey', 'shiftKey')).toBe('copy');
    expect(key('Insert', 'ctrlKey')).toBe('copy');
    expect(key('KeyV', 'ctrlKey', 'shiftKey')).toBe('paste');
    expect(key('Insert', 'shiftKey')).toBe('paste');
    expect(press(true, 'KeyV', ['ctrlKey', 'shiftKey'])).toBe('paste-asked');
    expect(press(true, 'KeyC', ['ctrlKey', 'shiftKey'])).toBe('copy');
    expect(key('KeyF', 'ctrlKey', 'shiftKey')).toBe('search');
    expect(key('ContextMenu')).toBe('menu');
    expect(key('F10', 'shiftKey')).toBe('menu');
    expect(key('F6')).toBe('page');
    expect(key('KeyV', 'ctrlKey')).toBe('paste-missed');
    const forPrograms = [
      key('KeyC', 'ctrlKey'),
      key('KeyF', 'ctrlKey'),
      key('F10'),
      key('Insert'),
      key('KeyC', 'metaKey'),
      key('KeyV', 'ctrlKey', 'altKey'),
    ];
    expect(forPrograms.filter((one) => one !== null)).toEqual([]);
  });
});

describe('copying', () => {
  it('CLIENT-13 takes what is in sight: wrapped rows as one line, nothing of the blanks after it', async () => {
    const term = new Terminal({ allowProposedApi: true, cols: 10, rows: 4 });
    await new Promise<void>((resolve) => term.write('gone\r\n$ ls\r\n日本語のファイル\r\n  x', resolve));
    expect(textInSight(term)).toBe('$ ls\n日本語のファイル\n  x');
  });
});

describe('finding', () => {
  const query = { text: '', matchCase: false, regex: true };

  it('CLIENT-14 says of a wrong expression that it is wrong, and throws nothing', () => {
    expect(objection({ ...query, text: '(' })).toEqual({ kind: 'wrong' });
    expect(objection({ ...query, text: '(', regex: false })).toBeNull();
    expect(objection({ ...query, text: 'a*' })).toEqual({ kind: 'empty' });
    expect(objection({ ...query, text: 'a+' })).toBeNull();
    expect(objection(query)).toEqual({ kind: 'idle' });
  });

  it('CLIENT-14 counts from one, and says when it stopped counting', () => {
    expect(foundOf({ resultIndex: 1, resultCount: 3 })).toEqual({ kind: 'some', at: 2, of: 3 });
    expect(foundOf({ resultIndex: -1, resultCount: 0 })).toEqual({ kind: 'none' });
    expect(foundOf({ resultIndex: -1, resultCount: 1000 })).toEqual({ kind: 'many', of: 1000 });
  });
});

describe('line numbers', () => {
  it('CLIENT-16 counts the screen from one, what has scrolled away from minus one upwards', () => {
    expect([98, 99, 100, 101, 123].map((row) => spoken(lineNumber(row, 100)))).toEqual([
      '−2',
      '−1',
      '1',
      '2',
      '24',
    ]);
  });
});

describe('keys that a keyboard lacks', () => {
  it('CLIENT-17 arrows, Home and End follow application cursor mode, other keys do not', () => {
    const sent = (application: boolean) =>
      Object.fromEntries(EXTRA_KEYS.map((one) => [one.label, sequenceOf(one, application)]));
    expect(sent(false)).toMatchObject({ '↑': '\x1b[A', Home: '\x1b[H', PgUp: '\x1b[5~', '|': '|' });
    expect(sent(true)).toMatchObject({ '↑': '\x1bOA', End: '\x1bOF', PgUp: '\x1b[5~', '~': '~' });
    for (const letter of '_|~/-\\`"\'$&*;:<>{}[]') expect(sent(false)).toHaveProperty([letter], letter);
  });

  it('CLIENT-17 every sign has a name in both languages; words are their own', () => {
    for (const { label } of EXTRA_KEYS)
      if (!/^[A-Za-z]+$/.test(label)) expect(Object.keys(KEY_NAMES[label] ?? {})).toEqual(['ja', 'en']);
  });

  it('CLIENT-17 Ctrl and Alt change one letter or an arrow, and leave alone what they cannot change', () => {
    const ctrl = { ctrl: true, alt: false };
    const alt = { ctrl: false, alt: true };
    expect(['c', 'C', '[', ' ', '?', '1', 'あ'].map((one) => withModifiers(one, ctrl))).toEqual([
      '\x03',
      '\x03',
      '\x1b',
      '\x00',
      '\x7f',
      '1',
      'あ',
    ]);
    expect(withModifiers('b', alt)).toBe('\x1bb');
    expect(withModifiers('b', { ctrl: true, alt: true })).toBe('\x1b\x02');
    expect(withModifiers('\x1bOC', ctrl)).toBe('\x1b[1;5C');
    expect(withModifiers('\x1b[D', alt)).toBe('\x1b[1;3D');
    expect(withModifiers('ls -l', ctrl)).toBe('ls -l');
  });

  it('CLIENT-17 Ctrl and Alt go with one key, and are let go where nobody sees them any more', () => {
    const keys = new HeldKeys();
    keys.ctrl.value = true;
    expect([keys.take('c'), keys.take('c')]).toEqual(['\x03', 'c']);
    keys.ctrl.value = true;
    keys.alt.value = true;
    keys.release();
    expect([keys.any, keys.take('c')]).toEqual([false, 'c']);
  });

  describe('held', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('CLIENT-17 repeats while held and not after; a tap is one key, a swipe is none', () => {
      let sent = 0;
      const hold = new Hold();
      hold.send = () => {
        sent += 1;
      };
      hold.down();
      vi.advanceTimersByTime(100);
      hold.up();
      expect(sent).toBe(0);
      hold.down();
      hold.up();
      hold.click();
      expect(sent).toBe(1);
      hold.down();
      vi.advanceTimersByTime(1000);
      hold.up();
      const repeated = sent;
      expect(repeated).toBeGreaterThan(5);
      hold.click();
      vi.advanceTimersByTime(1000);
      expect(sent).toBe(repeated);
    });

    it('CLIENT-17 what it sends may change while it is held, and it still stops when let go', () => {
      const sent: string[] = [];
      const hold = new Hold();
      hold.send = () => sent.push('before');
      hold.down();
      vi.advanceTimersByTime(500);
      hold.send = () => sent.push('after');
      const earlier = sent.length;
      vi.advanceTimersByTime(500);
      hold.up();
      expect(new Set(sent.slice(0, earlier))).toEqual(new Set(['before']));
      expect(new Set(sent.slice(earlier))).toEqual(new Set(['after']));
      const all = sent.length;
      vi.advanceTimersByTime(1000);
      expect(sent).toHaveLength(all);
    });
  });
});

describe('the input line', () => {
  it('CLIENT-18 goes back through what was sent, and forward to what was being written', () => {
    const history = new LineHistory();
    expect(history.older('x')).toBeNull();
    for (const line of ['ls', 'ls', ' ', 'pwd']) history.add(line);
    expect(history.older('half')).toBe('pwd');
    expect(history.older('pwd')).toBe('ls');
    expect(history.older('ls')).toBeNull();
    expect(history.newer()).toBe('pwd');
    expect(history.newer()).toBe('half');
    expect(history.newer()).toBeNull();
  });
});

describe('full-width letters', () => {
  it('CLIENT-19 offers to type them again only where nothing but them was typed', () => {
    expect(repairOf('ａｗｓ　ｌｓ！')).toEqual({ typed: 'ａｗｓ　ｌｓ！', half: 'aws ls!' });
    for (const other of ['あａ', 'aｗs', '', 'ａ'.repeat(61)]) expect(repairOf(other)).toBeNull();
    expect(keysFor({ typed: 'ａｂ', half: 'ab' })).toBe('\x7f\x7fab');
  });

  it('CLIENT-19 only while they still stand right before the cursor of an ordinary screen', async () => {
    const term = new Terminal({ allowProposedApi: true, cols: 40, rows: 4 });
    const shows = async (data: string) => {
      await new Promise<void>((resolve) => term.write(data, resolve));
      return stillBeforeCursor(term, 'ａｗｓ');
    };
    expect(await shows('$ ａｗｓ')).toBe(true);
    expect(await shows('x')).toBe(false);
    expect(await shows('\r\n$ ａｗｓ')).toBe(true);
    expect(await shows('\x1b[?1049h\x1b[Hａｗｓ')).toBe(false);
  });
});

describe('full-width letters while one types', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  function typing() {
    const term = new Terminal({ allowProposedApi: true, cols: 40, rows: 4 });
    const said: string[] = [];
    const typed = new FullWidthTyped({
      offer: ({ half }) => said.push(half),
      notice: () => said.push('notice'),
    });
    const shows = async (data: string) => {
      const parsed = new Promise<void>((resolve) => term.write(data, resolve));
      await vi.advanceTimersByTimeAsync(50);
      await parsed;
      await vi.advanceTimersByTimeAsync(50);
    };
    return { term, said, typed, shows };
  }

  it('CLIENT-19 are offered only once the shell shows them, pieces of one word together', async () => {
    const { term, said, typed, shows } = typing();
    await shows('$ ');
    typed.typed(term, 'ａｗ');
    expect(said).toEqual([]);
    await shows('ａｗ');
    typed.typed(term, 'ｓ');
    await shows('ｓ');
    expect(said).toEqual(['aw', 'aws']);
    expect(typed.standing(term)).toEqual({ typed: 'ａｗｓ', half: 'aws' });
    await shows('x');
    expect(typed.standing(term)).toBeNull();
    vi.advanceTimersByTime(5000);
    expect(said).toHaveLength(2);
  });

  it('CLIENT-19 are only said where no echo comes, and in a program that has the whole screen', async () => {
    const { term, said, typed, shows } = typing();
    await shows('Password: ');
    typed.typed(term, 'ａｂ');
    vi.advanceTimersByTime(5000);
    expect(said).toEqual(['notice']);
    await shows('\x1b[?1049h\x1b[H');
    typed.typed(term, 'ａｂ');
    await shows('ａｂ');
    expect(said).toEqual(['notice', 'notice']);
    expect(typed.standing(term)).toBeNull();
  });
});

describe('commands in words', () => {
  const command = (n: number, state: ListedCommand['state'], line = 'ls'): ListedCommand => ({
    n,
    line,
    output: '',
    truncated: false,
    fullScreen: false,
    state,
    by: '安',
  });
  const running = { status: 'running' } as const;
  const done = (exit: number | null) => ({ status: 'done', exit }) as const;

  it('CLIENT-20 says in words how a command ended', () => {
    expect([running, done(0), done(130), done(null)].map((state) => stateInWords(state, 'ja'))).toEqual([
      '実行中',
      '成功',
      '失敗（終了コード 130）',
      '終わりました',
    ]);
  });

  it('CLIENT-20 tells the end of a command once, and nothing of a list that has just arrived', () => {
    const before = [command(1, done(0)), command(2, running)];
    const after = [command(1, done(0)), command(2, done(1), 'aws')];
    expect(endedInWords(before, after, 'ja')).toBe('aws が終わりました。失敗（終了コード 1）');
    expect(endedInWords(after, after, 'ja')).toBeNull();
    expect(endedInWords(null, after, 'ja')).toBeNull();
    expect(endedInWords([], [command(1, done(0))], 'ja')).toBe('ls が終わりました。成功');
    expect(endedInWords(after, [...after, command(3, running)], 'ja')).toBeNull();
    expect(endedInWords(after, [...after, command(3, done(0))], 'en')).toBe('ls has ended. Success');
  });
});
