import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wallClock as clock } from '../../server/lib/clock.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { findCgroupParents } from '../../server/sandbox/cgroup.ts';
import { groupName } from '../../server/sandbox/owner.ts';
import type { Sandbox } from '../../server/sandbox/sandbox.ts';
import { createWarmDriver, type WarmDriver } from '../../server/sandbox/warm.ts';
import { specOf as anySpec, until } from '../support/sandbox.ts';

const bubblewrap = createBubblewrapDriver({ log, firstUid: 290_000 });
const specOf: typeof anySpec = (change) => anySpec({ common: true, ...change });
let driver: WarmDriver;

beforeAll(() => {
  driver = createWarmDriver({ driver: bubblewrap, most: 1, seats: 9, roomFor: () => true, clock, log });
});
afterAll(() => driver[Symbol.asyncDispose]());

async function said(sandbox: Sandbox, line: string): Promise<string> {
  const { stdout } = await sandbox.exec({ argv: ['/bin/sh', '-c', line], timeoutMs: 5000, maxBytes: 9999 });
  return Buffer.from(stdout).toString();
}

const everything =
  'env | grep -v ^_= | sort; find ~ /tmp -type f | sort; cat ~/note; ps -eo comm= > /tmp/ps; sort -u /tmp/ps';

test('WARM-6 one from the reserve is as one that was made for this seat, and has nothing of another', async () => {
  const tar = async (content: string) => {
    await using from = await bubblewrap.create(specOf());
    await from.writeFiles([{ path: '/home/learner/saved', content }]);
    return await from.saveHome();
  };
  const specFor = async (name: string) =>
    specOf({
      env: { WHOSE: name, [`ONLY_${name}`]: 'x' },
      files: [
        { path: '/home/learner/note', content: `of ${name}\n`, mode: 0o600 },
        { path: '/usr/local/bin/tool', content: '#!/bin/sh\necho tool\n', mode: 0o755 },
      ],
      home: await tar(name),
    });
  const [one, two] = [await specFor('one'), await specFor('two')];
  await using first = await driver.create(one);
  await said(first, 'echo secret > /tmp/secret; echo secret > /dev/shm/secret; sleep 99 &');
  await until(() => driver.reserve === 1);
  await using second = await driver.create(two);
  expect(driver.reserve).toBe(0);
  await using fresh = await bubblewrap.create(two);
  const text = await said(second, everything);
  expect(text).toBe(await said(fresh, everything));
  expect(text).toMatch(/ONLY_two=x[\s\S]*WHOSE=two[\s\S]*of two/);
  expect(text).not.toMatch(/one|secret|sleep/);
  expect(await said(second, 'cat ~/saved; tool; ls /dev/shm; stat -c %a ~/note')).toBe('twotool\n600\n');
});

test('WARM-6 what the server may not set is refused before one is taken from the reserve', async () => {
  await using first = await driver.create(specOf({ pids: 40 }));
  expect(await said(first, 'echo ok')).toBe('ok\n');
  await until(() => driver.reserve === 1);
  await expect(driver.create(specOf({ pids: 40, env: { LD_PRELOAD: '/tmp/x.so' } }))).rejects.toThrow(
    'LD_PRELOAD',
  );
  await expect(driver.create(specOf({ pids: 40, files: [{ path: '/etc/x', content: '' }] }))).rejects.toThrow(
    '/etc/x',
  );
  expect(driver.reserve).toBe(1);
});

test('WARM-7 no program of a learner’s runs with more than its share of the CPU', async () => {
  if ((await bubblewrap.weaknesses()).length > 0) return;
  const spec = specOf();
  await using sandbox = await bubblewrap.create(spec);
  expect(await said(sandbox, 'echo ok')).toBe('ok\n');
  const files = (findCgroupParents() ?? []).flatMap(({ path }) =>
    ['cpu.shares', 'cpu.weight'].map((file) => join(path, groupName(spec.id), file)),
  );
  const shares = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8').trim());
  expect(shares.length).toBe(1);
  expect(['256', '25']).toContain(shares[0]);
});
