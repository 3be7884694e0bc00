import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { reportHost } from '../../../server/cli/host-report.ts';
import type { Missing, SandboxDriver } from '../../../server/sandbox/sandbox.ts';

const missing = (name: string): Missing => ({
  what: { ja: `${name}がない`, en: `no ${name}` },
  remedy: { ja: `${name}を入れる`, en: `add ${name}` },
});

function driver(check: readonly Missing[], weaknesses: readonly Missing[]): SandboxDriver {
  return {
    name: 'bubblewrap',
    check: async () => check,
    weaknesses: async () => weaknesses,
    create: () => Promise.reject(new Error('a report starts no shell')),
  };
}

test('START-9 what is missing fails, what is weak does not, and both come with their remedy', async () => {
  const weak = await reportHost(driver([], [missing('cgroup')]));
  expect(weak.ok).toBe(true);
  for (const text of ['cgroupがない', 'cgroupを入れる', 'no cgroup', 'add cgroup'])
    expect(weak.text).toContain(text);
  const broken = await reportHost(driver([missing('bwrap')], [missing('cgroup')]));
  expect(broken.ok).toBe(false);
  expect(broken.text).toMatch(/^× [\s\S]*bwrapを入れる[\s\S]*cgroupを入れる/);
});

test('START-9 the command says so by its exit code, and names a wrong setting', () => {
  const doctor = (env: Record<string, string>) => {
    const path = new URL('../../../server/cli/doctor.ts', import.meta.url).pathname;
    const base = { PATH: process.env.PATH ?? '' };
    return spawnSync(process.execPath, [path], { encoding: 'utf8', env: { ...base, ...env } });
  };
  const fine = doctor({ DOJOU_SANDBOX: 'process' });
  expect(fine.stdout, fine.stderr).toContain('(process)');
  expect(fine.status).toBe(0);
  const wrong = doctor({ DOJOU_SANDBOX: 'docker' });
  expect(wrong.stderr).toContain('DOJOU_SANDBOX');
  expect(wrong.status).toBe(1);
});
