import { describe, expect, it } from 'vitest';
import { parseFlood } from '../../../server/terminals/flood.ts';
import { openMirrorScreen } from '../../../server/terminals/mirror-screen.ts';
import { Turns } from '../../../server/terminals/turns.ts';

/** Each step takes a millisecond of a clock of its own. */
function someTurns() {
  const steps: string[] = [];
  let now = 0;
  const turns = new Turns(
    () => now,
    () => undefined,
  );
  function* work(name: string, count: number): Generator<undefined, void> {
    for (let i = 1; i <= count; i += 1) {
      now += 1;
      steps.push(name);
      if (i < count) yield;
    }
  }
  return { turns, steps, add: (id: number, name: string, count: number) => turns.add(id, work(name, count)) };
}

describe('TERM-24 turns', () => {
  it('are given to each terminal for a few milliseconds, whatever another has to do', () => {
    const { turns, steps, add } = someTurns();
    add(1, 'flood', 1000);
    turns.turn();
    add(2, 'screen', 1);
    turns.turn();
    turns.turn();
    expect(steps.slice(0, 9)).toEqual([...Array(4).fill('flood'), ...Array(4).fill('flood'), 'screen']);
  });

  it('keep the order of what one terminal has to do', () => {
    const { turns, steps, add } = someTurns();
    add(1, 'a', 6);
    add(1, 'b', 1);
    add(2, 'c', 3);
    add(1, 'd', 1);
    while (!turns.idle) turns.turn();
    expect(steps.join('')).toBe('aaaacccaabd');
  });

  it('are not given to a terminal that was closed', () => {
    const { turns, steps, add } = someTurns();
    add(1, 'gone', 9);
    add(2, 'kept', 1);
    turns.drop(1);
    while (!turns.idle) turns.turn();
    expect(steps).toEqual(['kept']);
  });

  it.each([
    ['long text', 'x'.repeat(70_000), 9],
    ['sequences', '\x1bc'.repeat(1600), 13],
    ['sequences in C1', '\u009b2J'.repeat(320), 10],
  ])('can be left after few bytes and few sequences: %s', (_, output, least) => {
    let pieces = 0;
    for (const _piece of parseFlood(openMirrorScreen(20, 5), Buffer.from(output))) pieces += 1;
    expect(pieces).toBeGreaterThanOrEqual(least);
  });
});
