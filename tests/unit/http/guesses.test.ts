import { expect, test } from 'vitest';
import { Guesses } from '../../../server/http/guesses.ts';

function counter() {
  let now = 1_000_000;
  const guesses = new Guesses({ perAddress: 2, overall: 5 }, () => now);
  const guess = (address: string, right: boolean): number => {
    const begun = guesses.begin(address);
    if (!begun.ok) return begun.waitSeconds;
    begun.end(right);
    return 0;
  };
  return { guesses, guess, later: (ms: number) => (now += ms) };
}

test('HTTP-11 wrong codes are bounded by address and overall, until a minute is over', () => {
  const { guess, later } = counter();
  expect([1, 2, 3].map(() => guess('a', false))).toEqual([0, 0, 60]);
  later(15_000);
  expect(guess('a', true)).toBe(45); // the right one is not looked at either
  expect([guess('b', false), guess('b', false), guess('b', false)]).toEqual([0, 0, 60]);
  expect([guess('c', false), guess('c', false), guess('d', true)]).toEqual([0, 45, 45]);
  later(45_000);
  expect([guess('a', false), guess('d', true)]).toEqual([0, 0]);
});

test('HTTP-11 a class that types the right code from the board is let in, all of it', () => {
  const { guess } = counter();
  expect(Array.from({ length: 200 }, () => guess('school', true))).toEqual(Array(200).fill(0));
});

test('HTTP-11 guesses that are sent at once are no way around the bound', () => {
  const { guesses } = counter();
  const begun = Array.from({ length: 200 }, () => guesses.begin('a'));
  expect(begun.filter(({ ok }) => ok).length).toBe(64);
  for (const each of begun) if (each.ok) each.end(false);
  expect(guesses.begin('a').ok).toBe(false);
});
