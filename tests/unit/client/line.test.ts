import { expect, test } from 'vitest';
import { placeWords, waitWords } from '../../../src/client/words-line.ts';

test('CLIENT-21 who waits in line is told in words how many come first, and about how long', () => {
  const said = (place: number, waitMs: number | null) => [
    placeWords({ place, waitMs }, 'ja') + waitWords({ place, waitMs }, 'ja'),
    `${placeWords({ place, waitMs }, 'en')} ${waitWords({ place, waitMs }, 'en')}`.trim(),
  ];
  expect(said(4, 17_000)).toEqual([
    '順番を待っています。あと3人です。およそ20秒で始まります。',
    'You are waiting in line, with 3 before you. It begins in about 20 seconds.',
  ]);
  expect(said(2, 3000)).toEqual([
    '順番を待っています。あと1人です。およそ3秒で始まります。',
    'You are waiting in line, with one person before you. It begins in about 3 seconds.',
  ]);
  expect(said(1, 61_000)).toEqual([
    '順番を待っています。次があなたの番です。およそ2分で始まります。',
    'You are waiting in line, and you are next. It begins in about 2 min.',
  ]);
  expect(said(1, 1000)).toEqual([
    '順番を待っています。次があなたの番です。まもなく始まります。',
    'You are waiting in line, and you are next. It begins in a moment.',
  ]);
  expect(said(1, null)).toEqual([
    '順番を待っています。次があなたの番です。',
    'You are waiting in line, and you are next.',
  ]);
});
