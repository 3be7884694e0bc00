import { describe, expect, test } from 'vitest';
import { type HostFacts, host } from '../../../server/cli/doctor/host.ts';
import { isolation } from '../../../server/cli/doctor/isolation.ts';
import { limits } from '../../../server/cli/doctor/limits.ts';
import { inJson, inLines } from '../../../server/cli/doctor/print.ts';
import {
  CAPABILITIES,
  type Inside,
  NAMESPACES,
  type Outside,
  type Seen,
} from '../../../server/cli/doctor/probe.ts';
import { missing, stands, type Wall, weak } from '../../../server/cli/doctor/wall.ts';
import { explainFailure } from '../../../server/sandbox/host-check.ts';

const none = Object.fromEntries(CAPABILITIES.map((name) => [name, '0000000000000000']));
const OUTSIDE: Outside = {
  uid: 200_000,
  gid: 200_000,
  groups: '',
  capabilities: none,
  namespaces: Object.fromEntries(NAMESPACES.map((name) => [name, `${name}:[1]`])),
  limits: { 'memory.max': '134217728', 'pids.max': '27', 'cpu.weight': '25' },
};
const INSIDE: Inside = {
  status: { ...none, Uid: '1000', Groups: '', NoNewPrivs: '1', Seccomp: '2' },
  namespaces: {},
  calls: { keyctl: 'EPERM', unshare: 'EPERM', mount: 'EPERM' },
  vsock: 'EAFNOSUPPORT',
  written: { '/': 'EROFS', '/proc/sys': 'ENOENT' },
  read: { '/etc/shadow': 'ENOENT' },
  devices: ['null', 'pts', 'zero'],
  processes: [1, 2, 3],
  interfaces: ['lo'],
  reached: { '1.1.1.1:443': 'ENETUNREACH', '127.0.0.1:1': 'ECONNREFUSED' },
  environment: ['HOME', 'PATH'],
  descriptors: ['pipe:[1]', 'pipe:[2]'],
  agent: 'EACCES',
  core: 0,
  opened: 1021,
  sizes: { '/home/learner': 8, '/tmp': 16, '/dev/shm': 8 },
  forked: 24,
};
const SEEN: Seen = {
  inside: INSIDE,
  memory: 'killed',
  outside: OUTSIDE,
  neighbour: { ...OUTSIDE, uid: 200_001 },
  left: 0,
};
const HOST: HostFacts = {
  data: '/data',
  companions: [],
  started: true,
  read: (path) => (path === '/proc/sys/user/max_user_namespaces' ? '1000' : null),
  exists: () => true,
  freeBytes: () => 100 * 1024 ** 3,
};

const judged = (seen: Seen, asRoot = true): readonly Wall[] => [...isolation(seen, asRoot), ...limits(seen)];
const notStanding = (walls: readonly Wall[]) =>
  walls.filter(({ state }) => state !== 'stands').map(({ id, state }) => `${id} ${state}`);

describe('walls', () => {
  test('DOC-2 all stand where all was seen to', () => {
    expect(notStanding(judged(SEEN))).toEqual([]);
  });

  const inside = (change: Partial<Inside>): Partial<Seen> => ({ inside: { ...INSIDE, ...change } });
  const outside = (change: Partial<Outside>): Partial<Seen> => ({ outside: { ...OUTSIDE, ...change } });
  const ownNet = { ...OUTSIDE.namespaces, net: '' };

  test.each<[string, Partial<Seen>]>([
    ['host-user', outside({ uid: 0 })],
    ['host-user', outside({ gid: 0 })],
    ['own-user', { neighbour: OUTSIDE }],
    ['namespaces', outside({ namespaces: ownNet })],
    ['capabilities', outside({ capabilities: { ...none, CapBnd: '0000000000000400' } })],
    ['capabilities', inside({ status: { ...INSIDE.status, CapEff: '0000000000000001' } })],
    ['no-new-privs', inside({ status: { ...INSIDE.status, NoNewPrivs: '0' } })],
    ['seccomp', inside({ status: { ...INSIDE.status, Seccomp: '0' } })],
    ['seccomp', inside({ calls: { ...INSIDE.calls, unshare: 'allowed' } })],
    ['seccomp', inside({ vsock: 'allowed' })],
    ['read-only', inside({ written: { '/': 'EROFS', '/run': 'allowed' } })],
    ['host-files', inside({ read: { '/etc/shadow': 'allowed' } })],
    ['proc-and-dev', inside({ devices: ['null', 'sda'] })],
    ['proc-and-dev', inside({ processes: [1, 2, 54_321] })],
    ['network', inside({ interfaces: ['eth0', 'lo'] })],
    ['network', inside({ reached: { '127.0.0.1:1': 'allowed' } })],
    ['environment', inside({ environment: ['HOME', 'DOJOU_DATA'] })],
    ['descriptors', inside({ descriptors: ['pipe:[1]', '/data/dojou.db'] })],
    ['agent', inside({ agent: 'allowed' })],
    ['tidy', { left: 1 }],
    ['memory', { memory: 'survived' }],
    ['processes', inside({ forked: 200 })],
    ['sizes', inside({ sizes: { '/home/learner': 128, '/tmp': 16, '/dev/shm': 8 } })],
    ['sizes', inside({ sizes: { '/home/learner': 8, '/tmp': 128, '/dev/shm': 8 } })],
    ['open-files', inside({ opened: 100_000 })],
    ['core', inside({ core: -1 })],
  ])('DOC-2 %s is missing when something got through', (id, change) => {
    expect(notStanding(judged({ ...SEEN, ...change }))).toEqual([`${id} missing`]);
  });

  test('DOC-2 without control groups and without root, what is weaker is said, and what has no bound is missing', () => {
    const bare = { ...OUTSIDE, limits: {} };
    const walls = judged({ ...SEEN, outside: bare, neighbour: bare }, false);
    expect(notStanding(walls)).toEqual(['own-user weak', 'memory weak', 'processes weak', 'cpu weak']);
    const unbound = judged({ ...SEEN, ...inside({ forked: 200 }), outside: bare, neighbour: bare }, false);
    expect(notStanding(unbound)).toContain('processes missing');
  });

  test('DOC-4 without root, what is counted per user is said to be shared, at the wall that it belongs to', () => {
    const told = (seen: Partial<Seen>, asRoot: boolean) =>
      Object.fromEntries(judged({ ...SEEN, ...seen }, asRoot).map(({ id, says }) => [id, says]));
    const bare = { ...OUTSIDE, limits: {} };
    const shared = told({ outside: bare, neighbour: bare }, false);
    expect(shared['own-user']?.en).toContain('inotify');
    expect(shared['own-user']?.ja).toContain('inotify');
    expect(shared.processes?.en).toContain('All seats share it');
    expect(shared.processes?.ja).toContain('1つの上限を分け合う');
    expect(shared.memory?.en).toContain('empty files');
    expect(shared.memory?.ja).toContain('空のファイル');
    const apart = told({ outside: bare, neighbour: { ...bare, uid: 200_001 } }, true);
    expect(apart.processes?.en).not.toContain('share');
    expect(told({}, true)['own-user']?.en).not.toContain('inotify');
  });

  test.each<[string, Partial<HostFacts>]>([
    ['programs weak', { exists: (path) => path !== '/usr/bin/aws' }],
    [
      'companions weak',
      { companions: [{ what: { ja: 'ない', en: 'no' }, remedy: { ja: '入', en: 'add' } }] },
    ],
    ['user-namespaces missing', { read: () => '0' }],
    ['user-namespaces missing', { read: (path) => (path.endsWith('userns_clone') ? '0' : '1000') }],
    ['user-namespaces missing', { read: () => null }],
    ['disk weak', { freeBytes: () => 1024 ** 3 }],
    ['clock weak', { exists: (path) => path !== '/run/systemd/timesync/synchronized' }],
  ])('DOC-3 of the host: %s', (told, change) => {
    expect(notStanding(host(HOST))).toEqual([]);
    const walls = host({ ...HOST, ...change });
    expect(notStanding(walls)).toEqual([told]);
    for (const { state, remedy } of walls) expect(remedy === null).toBe(state === 'stands');
  });

  test.each([
    [{ restricted: true, filtered: false }, 'bwrap: setting up uid map: Permission denied', 'AppArmor'],
    [
      { restricted: false, filtered: true },
      'bwrap: Creating new namespace failed: Operation not permitted',
      'container',
    ],
    [
      { restricted: false, filtered: false },
      'bwrap: No permissions to create new namespace, likely because the kernel does not allow',
      'kernel refuses',
    ],
    [
      { restricted: false, filtered: false },
      'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
      'kernel refuses',
    ],
    [
      { restricted: false, filtered: false },
      `bwrap: Can't mount proc on /newroot/proc: Operation not permitted`,
      'masked',
    ],
    [{ restricted: false, filtered: false }, 'bwrap: something new', 'something new'],
  ])('DOC-3 with %j, what bwrap says is told by its cause', (switches, message, cause) => {
    expect(explainFailure(message, switches).what.en).toContain(cause);
  });
});

describe('the report', () => {
  const words = (text: string) => ({ ja: `${text}です`, en: text });
  const walls = [
    stands('a', words('one')),
    weak('b', words('two'), words('same')),
    weak('c', words('three'), words('same')),
    missing('d', words('four'), words('other')),
  ];

  test('DOC-1 a line per wall in both languages, with a remedy below where it does not stand', () => {
    expect(inLines(walls, 'bubblewrap').split('\n')).toEqual([
      '× シェルを動かせません / Shells cannot run (bubblewrap)',
      '',
      '○ oneです / one',
      '△ twoです / two',
      '△ threeです / three',
      '  → sameです',
      '  → same',
      '× fourです / four',
      '  → otherです',
      '  → other',
    ]);
    expect(inLines(walls.slice(0, 3), 'bubblewrap')).toMatch(/^○ /);
  });

  test('DOC-1 one line for a machine', () => {
    const json = inJson(walls, 'bubblewrap');
    expect(json).not.toContain('\n');
    expect(JSON.parse(json)).toMatchObject({
      ok: false,
      driver: 'bubblewrap',
      walls: [{ id: 'a', state: 'stands' }, {}, {}, {}],
    });
  });
});
