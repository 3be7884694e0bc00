import { describe, expect, it } from 'vitest';
import { LogTail } from '../../../server/seats/services/log-tail.ts';

const textOf = (...parts: readonly string[]): string => {
  const tail = new LogTail();
  for (const part of parts) tail.add(part);
  return tail.text;
};

describe('the log of a service', () => {
  it.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u009b31mred', 'red'],
    ['\u001b]0;a title\u0007here', 'here'],
    ['\u001b]8;;https://x.example\u001b\\here', 'here'],
    ['\u001b]0;without an end\r\nnext', '\nnext'],
    ['\u001b(Bplain\u001b7', 'plain'],
    ['\u001b', ''],
    ['a\u202eb\u0000c\td', 'abc\td'],
  ])('SVC-15 %j is shown as %j', (printed, shown) => {
    expect(textOf(printed)).toBe(shown);
  });

  it.each(['\u001b]', ']\u001b', '\u001b]#]', '\u001b];a', '\u001b[', ';1'])(
    'SVC-15 %j without end takes no time worth speaking of',
    (piece) => {
      const tail = new LogTail();
      tail.add(`\u001b]${piece.repeat(8000)}`);
      const begun = performance.now();
      for (let times = 0; times < 50; times++) expect(tail.text.length).toBeLessThan(4097);
      // Some 50 ms; with a pattern that goes back, ten seconds.
      expect(performance.now() - begun).toBeLessThan(3000);
    },
  );
});
