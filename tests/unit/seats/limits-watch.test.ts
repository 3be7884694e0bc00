import { describe, expect, it } from 'vitest';
import type { SeatView } from '#protocol/seat.ts';
import type { SandboxLimit, SandboxUsage } from '../../../server/sandbox/sandbox.ts';
import { TOOK_TERMINALS } from '../../../server/sandbox/terminal-pool.ts';
import { LimitsWatch } from '../../../server/seats/limits-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const MIB = 1024 * 1024;
const idle: SandboxUsage = {
  memory: { used: 20 * MIB, limit: 256 * MIB },
  processes: { used: 1, limit: 64 },
  home: { used: 0, limit: 64 * MIB },
  cpuMs: 100,
};

/** A sandbox of which a test says what it uses and hits. */
function watched() {
  const clock = new ManualClock(1_800_000_000_000);
  const told: Partial<SeatView>[] = [];
  const words: string[] = [];
  const sandbox = {
    used: idle,
    asked: 0,
    hit: (_: SandboxLimit): void => undefined,
    end: (_: { readonly reason: string }): void => undefined,
  };
  const ended = new Promise<{ readonly reason: string }>((resolve) => {
    sandbox.end = resolve;
  });
  const watch = new LimitsWatch({
    sandbox: {
      usage: async () => {
        sandbox.asked += 1;
        return sandbox.used;
      },
      onLimit: (listener) => {
        sandbox.hit = listener;
        return () => undefined;
      },
      ended,
    },
    limits: { memoryMiB: 256, pids: 64, homeMiB: 64 },
    news: { tell: (part) => told.push(part) },
    clock,
  });
  watch.onLimit((line) => words.push(line));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const look = async () => {
    clock.advance(4000);
    await settled();
  };
  return { watch, sandbox, told, words, look, settled };
}

describe('LIMIT-1 what a seat uses', () => {
  it('is told once, and again only when it changes by more than a step', async () => {
    const { sandbox, told, look, settled } = watched();
    await settled();
    expect(told).toEqual([{ usage: { ...idle, cpuMs: undefined, cpu: 0 } }].map(({ usage }) => ({ usage })));
    sandbox.used = { ...idle, memory: { used: 20 * MIB + 100, limit: 256 * MIB }, cpuMs: 101 };
    for (let n = 0; n < 5; n += 1) await look();
    expect(told).toHaveLength(1);
    sandbox.used = { ...idle, cpuMs: 2101 };
    await look();
    expect(told[1]?.usage?.cpu).toBe(0.5);
    sandbox.used = { ...sandbox.used, home: { used: 3 * MIB, limit: 64 * MIB } };
    await look();
    expect(told[2]?.usage).toMatchObject({ cpu: 0, home: { used: 3 * MIB } });
  });

  it('is not told where nobody counts, nor after the end', async () => {
    const { watch, sandbox, told, look, settled } = watched();
    sandbox.used = { memory: null, processes: null, home: null, cpuMs: null };
    await settled();
    told.splice(0);
    await look();
    await look();
    expect(told).toEqual([]);
    const { asked } = sandbox;
    watch[Symbol.dispose]();
    await look();
    sandbox.end({ reason: 'closed' });
    await settled();
    expect(sandbox.asked).toBe(asked);
    expect(told).toEqual([]);
  });
});

describe('LIMIT-2 a limit that is hit', () => {
  it('is told to the page, and to the terminals in both languages', () => {
    const { sandbox, told, words } = watched();
    for (const kind of ['memory', 'processes', 'home', 'tmp'] as const) {
      sandbox.hit(kind);
      expect(told.at(-1)).toEqual({ limit: { kind, at: 1_800_000_000_000 } });
      expect(words.at(-1)).toMatch(/^土壌: .+ \/ Dojou: .+\.$/);
    }
    expect(words[0]).toContain('256 MiB');
  });

  it('is looked at once more at once, and then no more often than before', async () => {
    const { sandbox, told, look, settled } = watched();
    await settled();
    sandbox.used = { ...idle, home: { used: 64 * MIB, limit: 64 * MIB } };
    sandbox.hit('home');
    sandbox.hit('memory');
    await settled();
    expect(told.at(-1)?.usage?.home?.used).toBe(64 * MIB);
    const { asked } = sandbox;
    await look();
    expect(sandbox.asked).toBe(asked + 1);
  });

  it('by a flood is told at most every ten seconds', async () => {
    const { watch, words, look } = watched();
    for (let n = 0; n < 4; n += 1) {
      watch.flooded();
      watch.flooded();
      await look();
    }
    expect(words).toHaveLength(2);
  });
});

it('LIMIT-6 memory that stays full after a program was ended is told as taken by files, once', async () => {
  const { sandbox, told, words, look, settled } = watched();
  await settled();
  sandbox.hit('memory');
  await look();
  await look();
  expect(told.map(({ limit }) => limit?.kind)).not.toContain('memory-files');
  sandbox.used = { ...idle, memory: { used: 250 * MIB, limit: 256 * MIB } };
  await look();
  await look();
  sandbox.hit('memory');
  await settled();
  expect(words).toHaveLength(2);
  for (let n = 0; n < 4; n += 1) await look();
  expect(told.flatMap(({ limit }) => limit?.kind ?? [])).toEqual(['memory', 'memory', 'memory-files']);
  expect(words).toHaveLength(3);
  expect(words[2]).toMatch(/はじめからやり直す.+ \/ Dojou: .+ over\.$/);
});

it('LIMIT-7 a sandbox that had taken most of the terminals of the host is told as that', async () => {
  const { sandbox, told, settled } = watched();
  sandbox.end({ reason: TOOK_TERMINALS });
  await settled();
  expect(told.flatMap(({ limit }) => limit?.kind ?? [])).toEqual(['terminals']);
});

it('LIMIT-3 a sandbox that ended by itself is told as such, one that was put away is not', async () => {
  const { sandbox, told, settled } = watched();
  sandbox.end({ reason: 'the agent has ended' });
  await settled();
  expect(told.map(({ limit }) => limit?.kind)).toContain('agent');
});
