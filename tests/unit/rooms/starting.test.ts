import { beforeEach, describe, expect, it } from 'vitest';
import { DeskBench, settled } from '../../support/desk-bench.ts';

let bench: DeskBench;
beforeEach(() => {
  bench = new DeskBench();
});

const states = () => bench.desk.terminals.map(({ state }) => state.status);

describe('who enters', () => {
  it('TERM-8 starts no shell that has ended: its status stays until the driver begins again', async () => {
    const driver = await bench.enter('driver');
    bench.ptys[0]?.exit({ code: 7, signal: null });
    bench.desk.detach(driver);
    await bench.enter('driver');
    await bench.enter('viewer');
    expect(bench.ptys).toHaveLength(1);
    expect(bench.desk.terminals[0]?.state).toEqual({ status: 'exited', code: 7, signal: null });
    expect(await bench.desk.start(1)).toBeNull();
    expect(bench.ptys).toHaveLength(2);
    expect(states()).toEqual(['running']);
  });

  it('TERM-8 starts what was lost with its seat, whichever ended first', async () => {
    const driver = await bench.enter('driver');
    bench.open(driver);
    await settled();
    bench.ptys[0]?.exit({ code: null, signal: 'SIGKILL' });
    bench.loseSeat();
    await settled();
    bench.ptys[1]?.exit({ code: null, signal: 'SIGKILL' });
    expect(states()).toEqual(['failed', 'failed']);
    await bench.enter('viewer');
    expect(states()).toEqual(['running', 'running']);
    expect(bench.ptys).toHaveLength(4);
  });
});

it('SEAT-1 shells that start together sit in one seat', async () => {
  const entering = bench.enter('driver');
  const [driver] = bench.ears;
  if (driver !== undefined) bench.open(driver);
  await entering;
  await settled();
  expect(states()).toEqual(['running', 'running']);
  expect(bench.seatsOpened).toBe(1);
});

it('TERM-8 a terminal that is not there is not started in the place of another', async () => {
  await bench.enter('driver');
  bench.ptys[0]?.exit({ code: 0, signal: null });
  expect(await bench.desk.start(9)).toBe('not-found');
  expect(states()).toEqual(['exited']);
});
