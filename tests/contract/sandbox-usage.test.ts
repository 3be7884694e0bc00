/** What a sandbox uses, and which limits it tells. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { createProcessDriver } from '../../server/sandbox/process.ts';
import type { ExecResult, Sandbox, SandboxLimit } from '../../server/sandbox/sandbox.ts';
import { specOf, until } from '../support/sandbox.ts';

const drivers = [createBubblewrapDriver({ log: silentLog }), createProcessDriver({ log: silentLog })];

describe.each(drivers)('usage of a sandbox: $name', (driver) => {
  let sandbox: Sandbox;
  const made: Sandbox[] = [];

  async function create(): Promise<Sandbox> {
    const created = await driver.create(specOf());
    made.push(created);
    return created;
  }

  function run(script: string): Promise<ExecResult> {
    return sandbox.exec({ argv: ['/bin/bash', '-c', script], timeoutMs: 20_000, maxBytes: 1024 * 1024 });
  }

  beforeEach(async () => {
    sandbox = await create();
  });

  afterEach(async () => {
    for (const each of made.splice(0)) await each[Symbol.asyncDispose]();
  });

  const limited = driver.name === 'bubblewrap';

  /** What `onLimit` has told so far. */
  function limitsOf(of: Sandbox): SandboxLimit[] {
    const told: SandboxLimit[] = [];
    of.onLimit((limit) => told.push(limit));
    return told;
  }

  test.runIf(limited)(
    'SBX-30 usage follows memory, processes, home and CPU, each beside its limit',
    async () => {
      const MIB = 1024 * 1024;
      await until(async () => (await sandbox.usage()).home !== null);
      const before = await sandbox.usage();
      expect(before.memory?.limit).toBe(256 * MIB);
      expect(before.home).toEqual({ used: expect.any(Number), limit: 64 * MIB });
      expect(before.processes).toEqual({ used: 0, limit: 64 });
      await run(
        'head -c 20000000 /dev/zero >~/big; for n in 1 2 3 4; do setsid sleep 77 >/dev/null 2>&1 & done',
      );
      await until(async () => ((await sandbox.usage()).home?.used ?? 0) >= 20_000_000);
      const after = await sandbox.usage();
      expect((after.memory?.used ?? 0) - (before.memory?.used ?? 0)).toBeGreaterThan(19_000_000);
      expect(after.processes?.used).toBe(4);
      expect(after.cpuMs ?? 0).toBeGreaterThan(before.cpuMs ?? Number.POSITIVE_INFINITY);
      await sandbox[Symbol.asyncDispose]();
      await expect(sandbox.usage()).rejects.toThrow('gone');
    },
  );

  test.runIf(!limited)('SBX-30 what nobody counts is null', async () => {
    expect(await sandbox.usage()).toEqual({ memory: null, processes: null, home: null, cpuMs: null });
    expect(limitsOf(sandbox)).toEqual([]);
  });

  test.runIf(limited)('SBX-31 each limit that is hit is told, and an idle sandbox tells none', async () => {
    const idle = limitsOf(await create());
    const told = limitsOf(sandbox);
    await run('/usr/bin/python3 -c "x = bytearray(400 * 1024 * 1024)"');
    await until(() => told.includes('memory'));
    await run('for n in $(seq 90); do sleep 1 & done 2>/dev/null; wait');
    await until(() => told.includes('processes'));
    await run('head -c 100M /dev/zero >~/full; head -c 100M /dev/zero >/tmp/full');
    await until(() => told.includes('home') && told.includes('tmp'));
    expect(idle).toEqual([]);
  });

  test.runIf(limited)('SBX-32 a limit that is hit again and again is told once in ten seconds', async () => {
    const told = limitsOf(sandbox);
    const stopped: SandboxLimit[] = [];
    sandbox.onLimit((limit) => stopped.push(limit))();
    const greedy = '/usr/bin/python3 -c "x = bytearray(400 * 1024 * 1024)"';
    for (let n = 0; n < 3; n++) await run(`${greedy}; sleep 1.2`);
    expect(told).toEqual(['memory']);
    expect(stopped).toEqual([]);
  });
});
