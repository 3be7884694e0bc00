/** Output as programs print it, and as none of them should: for fast-check. */
import fc from 'fast-check';

const sizes = { cols: 12, rows: 5 };

const text = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{1,14}$/) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...'土壌の画面日本語ｱａ'), { minLength: 1, maxLength: 8 })
      .map((all) => all.join('')),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(
        fc.constantFrom(
          '👨‍👩‍👧',
          '🇯🇵',
          '🇯',
          '❤️',
          '❤',
          '👍🏽',
          'e\u0301',
          '\u0301',
          'か\u3099',
          '\u200d',
          '○',
          '①',
          '…',
          '─',
          '“',
          'α',
          '한',
          'ᄒ',
          'ᅡ',
          '🌱',
          '\ufe0f',
          'क्षि',
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((all) => all.join('')),
  },
);

const number = (most: number) => fc.integer({ min: 0, max: most });
const csi = (final: string, ...params: fc.Arbitrary<number>[]) =>
  fc.tuple(...params).map((all) => `\x1b[${all.join(';')}${final}`);

const sgr = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '2',
        '3',
        '4',
        '4:3',
        '4:2',
        '4:0',
        '21',
        '5',
        '7',
        '8',
        '9',
        '22',
        '23',
        '24',
        '27',
        '29',
        '31',
        '39',
        '42',
        '49',
        '53',
        '55',
        '95',
        '106',
        '59',
      ),
      number(255).map((n) => `38;5;${n}`),
      number(255).map((n) => `48;5;${n}`),
      number(255).map((n) => `58;5;${n}`),
      number(255).map((n) => `38;2;${n};1;2`),
      number(255).map((n) => `48;2;3;${n};4`),
      number(255).map((n) => `58;2;3;4;${n}`),
    ),
    { maxLength: 4 },
  )
  .map((codes) => `\x1b[${codes.join(';')}m`);

const moves = fc.oneof(
  ...['A', 'B', 'C', 'D', 'E', 'F', 'G', 'd', '`', 'a', 'e'].map((final) =>
    csi(final, number(sizes.cols + 1)),
  ),
  csi('H', number(sizes.rows + 1), number(sizes.cols + 1)),
  fc.constant(`\x1b[${sizes.cols}G`),
  fc.constantFrom('\r', '\n', '\r\n', '\b', '\t', '\v', '\x1bM', '\x1bD', '\x1bE', '\x1b[I', '\x1b[Z'),
);

const edits = fc.oneof(
  csi('J', number(2)),
  csi('K', number(2)),
  fc.constantFrom('\x1b[3J', '\x1b#8'),
  ...['@', 'P', 'X', 'L', 'M', 'S', 'T', 'b', "'}", "'~", ' @', ' A'].map((final) => csi(final, number(4))),
);

const states = fc.oneof(
  fc.tuple(number(sizes.rows), number(sizes.rows)).map(([top, bottom]) => `\x1b[${top};${bottom}r`),
  fc.constantFrom('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b[r'),
  fc.constantFrom('\x1b(0', '\x1b(B', '\x1b)0', '\x1b*A', '\x1b(4', '\x0e', '\x0f', '\x1bn', '\x1bo'),
  number(sizes.cols).map((x) => `\x1b[${x}G\x1bH`),
  fc.constantFrom('\x1b[g', '\x1b[3g', '\x1b[!p', '\x1b[1"q', '\x1b[0"q', '\x1b[?K', '\x1b[?1J'),
);

const modes = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(1, 6, 7, 45, 66, 9, 1000, 1002, 1003, 1004, 1006, 1016, 25, 2004, 2026, 12),
      fc.constantFrom('h', 'l'),
    )
    .map(([mode, final]) => `\x1b[?${mode}${final}`),
  fc.constantFrom('\x1b[4h', '\x1b[4l', '\x1b[20h', '\x1b[20l', '\x1b=', '\x1b>'),
  number(6).map((style) => `\x1b[${style} q`),
);

const screens = fc.constantFrom(
  ...['47', '1047', '1048', '1049'].flatMap((mode) => [`\x1b[?${mode}h`, `\x1b[?${mode}l`]),
  '\x1bc',
);

const strings = fc.oneof(
  fc.constantFrom('\x1b]0;題 one\x07', '\x1b]2;\x1b\\', '\x1b]2;two\x1b\\'),
  fc.constantFrom(
    '\x1b]8;;http://a.example/?q=1;2\x1b\\',
    '\x1b]8;id=x;http://b.example\x07',
    '\x1b]8;;\x1b\\',
  ),
  fc.constantFrom(
    '\x1b]4;1;#102030;7;rgb:1/2/3\x07',
    '\x1b]4;300;#102030\x07',
    '\x1b]104;1\x07',
    '\x1b]104\x07',
  ),
  fc.constantFrom(
    '\x1b]10;#fff\x07',
    '\x1b]10;rgb:ff/00/11;#123456\x1b\\',
    '\x1b]12;red\x07',
    '\x1b]111\x07',
    '\x1b]110\x07',
  ),
);

/** One thing that a program prints. */
export const fragment = fc.oneof(
  { weight: 12, arbitrary: text },
  { weight: 6, arbitrary: sgr },
  { weight: 8, arbitrary: moves },
  { weight: 5, arbitrary: edits },
  { weight: 4, arbitrary: states },
  { weight: 2, arbitrary: modes },
  { weight: 1, arbitrary: screens },
  { weight: 1, arbitrary: strings },
);

/** What happens to a terminal: output, or its window changes. */
export type Event = string | { readonly cols: number; readonly rows: number };

export const events = (maxLength: number): fc.Arbitrary<readonly Event[]> =>
  fc.array(
    fc.oneof(
      { weight: 40, arbitrary: fragment },
      {
        weight: 1,
        arbitrary: fc.record({ cols: fc.integer({ min: 4, max: 20 }), rows: fc.integer({ min: 2, max: 8 }) }),
      },
    ),
    { maxLength },
  );

export const START = sizes;
