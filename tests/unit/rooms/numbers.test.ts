import { expect, it } from 'vitest';
import { TERMINALS } from '#protocol/limits.ts';
import { Numbers } from '../../../server/rooms/numbers.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('TERM-16 a number never comes again: after the last there is none', () => {
  const clock = new ManualClock(0);
  const numbers = new Numbers(clock);
  for (let n = 2; n <= 0xffff; n += 1) {
    if (numbers.next(1) !== n) throw new Error(`not ${n}`);
    clock.advance(500);
  }
  expect(numbers.next(1)).toBe('terminals-full');
});

it('TERM-16 who is refused has used up neither a number nor the time', () => {
  const clock = new ManualClock(0);
  const numbers = new Numbers(clock);
  expect(numbers.next(TERMINALS)).toBe('terminals-full');
  expect(numbers.next(1)).toBe(2);
  expect(numbers.next(1)).toBe('too-many');
  clock.advance(500);
  expect(numbers.next(1)).toBe(3);
});
