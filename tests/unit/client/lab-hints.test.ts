import { describe, expect, it } from 'vitest';
import { dueHints } from '../../../src/client/due-hints.ts';

const hints = [
  { text: 'a', afterFails: 1, afterMinutes: null },
  { text: 'b', afterFails: null, afterMinutes: 2 },
  { text: 'c', afterFails: 3, afterMinutes: null },
];

describe('hints', () => {
  it('CLIENT-8 opens none before it is needed, and all when all are due', () => {
    expect(dueHints(hints, 0, 0)).toBe(0);
    expect(dueHints(hints, 3, 2)).toBe(3);
    expect(dueHints([], 9, 9)).toBe(0);
  });

  it('CLIENT-8 never opens a later one before an earlier one', () => {
    expect(dueHints(hints, 0, 60)).toBe(0);
    expect(dueHints(hints, 3, 0)).toBe(1);
    expect(dueHints(hints, 1, 2)).toBe(2);
  });
});
