import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KEYS_EXPIRE_MS, MESSAGES_PER_SECOND } from '#protocol/limits.ts';
import { JOIN_MS, KeyJoiner } from '../../../src/client/key-joiner.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('CLIENT-11 a key of a hand goes at once, a machine’s keys are joined, and none is lost or moved', () => {
  const sent: string[] = [];
  const joiner = new KeyJoiner((keys) => sent.push(keys));
  joiner.add('a');
  expect(sent).toEqual(['a']);
  for (const key of 'bcdef') joiner.add(key);
  expect(sent).toEqual(['a']);
  vi.advanceTimersByTime(JOIN_MS);
  expect(sent).toEqual(['a', 'bcdef']);
  vi.advanceTimersByTime(JOIN_MS);
  joiner.add('g');
  expect(sent).toEqual(['a', 'bcdef', 'g']);
});

it('CLIENT-11 what is sent again after a reconnect stays below the server’s limit', () => {
  expect(KEYS_EXPIRE_MS / JOIN_MS).toBeLessThan(MESSAGES_PER_SECOND);
});
