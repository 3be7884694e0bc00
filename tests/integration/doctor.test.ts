import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Wall } from '../../server/cli/doctor/wall.ts';
import { seccompFilter } from '../../server/sandbox/seccomp.ts';
import { syscallTable } from '../../server/sandbox/syscalls.ts';

const AS_ROOT = process.getuid?.() === 0;
const CLONE = path.resolve('.');
const DOCTOR = [process.execPath, path.join(CLONE, 'server/cli/doctor.ts'), '--json'];
const WALLS = [
  ...['host-user', 'own-user', 'namespaces', 'capabilities', 'no-new-privs', 'seccomp', 'read-only'],
  ...['host-files', 'proc-and-dev', 'network', 'environment', 'descriptors', 'agent', 'tidy'],
  ...['memory', 'processes', 'cpu', 'sizes', 'open-files', 'core'],
];

interface Report {
  readonly code: number | null;
  readonly ok: boolean;
  readonly walls: readonly Wall[];
  wall(id: string): Wall | undefined;
}

/**
 * What another user needs, at a place that everybody may enter: a clone often lies below a home that
 * nobody else may. Of this program's view of the files alone.
 */
const ELSEWHERE = '/mnt';
const SHOW = `mount -t tmpfs none ${ELSEWHERE} && cd ${ELSEWHERE} &&
  for each in server labs tests node_modules; do mkdir $each && mount --bind "$0/$each" $each || exit 1; done &&
  cp "$0/package.json" . && exec "$@"`;

/** The doctor as another user runs it, by way of a program that changes the user. */
function doctorAsUser(by: readonly string[]): Promise<Report> {
  const there = DOCTOR.map((arg) => arg.replace(CLONE, ELSEWHERE));
  return report(['unshare', '-m', 'sh', '-c', SHOW, CLONE, ...by, ...there]);
}

/** `npm run doctor -- --json`, started by way of another program. */
const doctor = (by: readonly string[] = []): Promise<Report> => report([...by, ...DOCTOR]);

async function report([program = '', ...args]: readonly string[]): Promise<Report> {
  const env = { PATH: process.env.PATH, HOME: '/tmp' };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  expect(out, err).toMatch(/^\{.*\}\n$/);
  const { ok, walls }: Pick<Report, 'ok' | 'walls'> = JSON.parse(out);
  return { code, ok, walls, wall: (id) => walls.find((wall) => wall.id === id) };
}

describe('doctor on this host', { timeout: 60_000 }, () => {
  test('DOC-1 DOC-2 tries each wall, and all that must stand do', async () => {
    const { code, ok, walls } = await doctor();
    expect(walls.filter(({ state }) => state === 'missing')).toEqual([]);
    expect([code, ok]).toEqual([0, true]);
    expect(walls.map(({ id }) => id)).toEqual(expect.arrayContaining(WALLS));
    expect(walls.filter(({ state, remedy }) => (state === 'stands') !== (remedy === null))).toEqual([]);
    if (AS_ROOT) expect(walls.find(({ id }) => id === 'own-user')?.state).toBe('stands');
  });

  test.runIf(AS_ROOT)(
    'DOC-2 as an ordinary user all that must stand does, and the rest is said',
    async () => {
      const user = String(60_000 + (process.pid % 5_000));
      const { code, walls, wall } = await doctorAsUser([
        'setpriv',
        `--reuid=${user}`,
        `--regid=${user}`,
        '--clear-groups',
      ]);
      expect(walls.filter(({ state }) => state === 'missing')).toEqual([]);
      expect(code).toBe(0);
      expect(wall('host-user')?.says.en).toContain(user);
      expect(wall('own-user')?.state).toBe('weak');
      expect(wall('processes')?.state).not.toBe('missing');
    },
  );

  test.runIf(AS_ROOT)('DOC-3 a kernel that refuses user namespaces is told by its switch', async () => {
    const { code, ok, walls, wall } = await doctorAsUser(['python3', 'tests/support/without-namespaces.py']);
    expect([code, ok]).toEqual([1, false]);
    expect(wall('user-namespaces')?.remedy?.en).toContain('sysctl -w user.max_user_namespaces=');
    expect(walls.filter(({ state }) => state === 'missing')).toHaveLength(1);
  });

  test.runIf(AS_ROOT)('DOC-3 a container’s filter is told from the kernel’s refusal', async () => {
    const table = syscallTable(process.arch);
    if (table === null || table === undefined) throw new Error('no table for this machine');
    const folder = await mkdtemp(path.join(tmpdir(), 'dojou-doctor-'));
    writeFileSync(path.join(folder, 'filter'), seccompFilter(table));
    const within = `exec bwrap --dev-bind / / --seccomp 9 "$@" 9< ${folder}/filter`;
    const { code, wall } = await doctor(['sh', '-c', within, 'sh']);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(wall('sandbox')?.says.en).toContain('seccomp profile of the container');
    expect(wall('user-namespaces')?.state).toBe('stands');
  });

  test.runIf(AS_ROOT)('DOC-3 a masked /proc is told, and what masks it', async () => {
    const { code, wall } = await doctor([
      'unshare',
      '-m',
      'sh',
      '-c',
      `mount --bind /dev/null /proc/version; exec "$@"`,
      'sh',
    ]);
    expect(code).toBe(1);
    expect(wall('sandbox')?.remedy?.en).toContain('systempaths=unconfined');
  });

  test.runIf(AS_ROOT)('DOC-3 a program that is not there is told with its package', async () => {
    for (const [file, name] of [
      ['/usr/bin/bwrap', 'bubblewrap'],
      ['/usr/bin/aws', 'awscli'],
    ] as const) {
      const { wall } = await doctor(['unshare', '-m', 'sh', '-c', hide(file), 'sh']);
      const told = wall(name === 'awscli' ? 'programs' : 'sandbox');
      expect(told?.remedy?.en).toContain(name);
      expect(told?.state).toBe(name === 'awscli' ? 'weak' : 'missing');
    }
  });
});

/** In a mount namespace of its own, the folder shows all that is in it but this file. */
const hide = (file: string): string => {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const upper = 'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w';
  const whiteout = `mknod /mnt/u/${name} c 0 0`;
  const overlay = `mount -t overlay none -o lowerdir=${folder},upperdir=/mnt/u,workdir=/mnt/w ${folder}`;
  return `${upper} && ${whiteout} && ${overlay} && exec "$@"`;
};
