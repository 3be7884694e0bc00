/** Control groups of both versions, as folders that look like them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Cgroup, findCgroupParents, type GroupHost } from '../../../server/sandbox/cgroup.ts';
import { groupName } from '../../../server/sandbox/owner.ts';

const MIB = 1024 * 1024;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dojou-groups-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function group(name: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

function host(mounts: readonly (readonly [name: string, type: string, options: string])[], groups: string) {
  const lines = mounts.map(([name, type, options], n) => {
    return `${30 + n} 1 0:${n} / ${join(root, name)} rw,relatime - ${type} ${type} ${options}`;
  });
  const removeGroup = (path: string): void => rmSync(path, { recursive: true });
  return { mountinfo: lines.join('\n'), groups, removeGroup } satisfies GroupHost;
}

const unified = (own: string): GroupHost => host([['', 'cgroup2', 'rw']], `0::${own}\n`);
const ALL = { 'cgroup.controllers': 'cpuset cpu io memory pids\n', 'cgroup.subtree_control': '\n' };
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

it('WALL-22 version 2: a server alone in its group moves into a child, and gives controllers to the others', () => {
  const own = group('system.slice/dojou.service', { ...ALL, 'cgroup.procs': `${process.pid}\n` });
  const parents = findCgroupParents(unified('/system.slice/dojou.service'));
  expect(parents?.map(({ path }) => path)).toEqual([own]);
  expect(read(own, 'dojou-server', 'cgroup.procs')).toBe(`${process.pid}`);
  expect(read(own, 'cgroup.subtree_control')).toBe('+cpu +memory +pids');
  expect(existsSync(join(own, groupName('probe')))).toBe(false);
});

it('WALL-22 version 2: memory without swap, processes together with ours, a weight of 25', () => {
  const own = group('a', { ...ALL, 'cgroup.subtree_control': 'cpu memory pids\n' });
  const parents = findCgroupParents(unified('/a')) ?? [];
  // The kernel has these files in each new group.
  group(`a/${groupName('one')}`, { 'memory.swap.max': 'max\n', 'cpu.weight': '100\n' });
  const cgroup = new Cgroup(parents, 'one', { memoryMiB: 256, pids: 64 });
  cgroup.add(4321);
  const made = join(own, groupName('one'));
  expect(read(made, 'memory.max')).toBe(String(256 * MIB));
  expect(read(made, 'memory.swap.max')).toBe('0');
  expect(read(made, 'pids.max')).toBe('67');
  expect(read(made, 'cpu.weight')).toBe('25');
  expect(read(made, 'cgroup.procs')).toBe('4321');
});

it('WARM-7 while it starts a group has the weight of any other, and then its own', () => {
  group('a', { ...ALL, 'cgroup.subtree_control': 'cpu memory pids\n' });
  const parents = findCgroupParents(unified('/a')) ?? [];
  group(`a/${groupName('one')}`, { 'cpu.weight': '100\n' });
  const weight = () => read(join(own, groupName('one')), 'cpu.weight');
  const own = parents[0]?.path ?? '';
  const arrived = new Cgroup(parents, 'one', { memoryMiB: 256, pids: 64 }).hurry();
  expect(weight()).toBe('100');
  arrived();
  expect(weight()).toBe('25');
});

it('WALL-22 version 2: a group among other processes has no children, so one above it is taken', () => {
  const slice = group('user.slice', { ...ALL, 'cgroup.subtree_control': 'cpu memory pids\n' });
  const scope = group('user.slice/session.scope', { 'cgroup.controllers': 'cpu memory pids\n' });
  group('user.slice/session.scope/cgroup.subtree_control'); // cannot be written
  writeFileSync(join(scope, 'cgroup.procs'), `${process.pid}\n77\n`);
  const parents = findCgroupParents(unified('/user.slice/session.scope'));
  expect(parents?.map(({ path }) => path)).toEqual([slice]);
  expect(existsSync(join(scope, 'dojou-server'))).toBe(false);
});

it('WALL-22 version 1: a folder per hierarchy, and one for two of them once', () => {
  const mounts = [
    ['memory', 'cgroup', 'rw,memory'],
    ['pids', 'cgroup', 'rw,pids'],
    ['cpu', 'cgroup', 'rw,cpu,cpuacct'],
  ] as const;
  for (const [name] of mounts) group(name);
  group('memory/docker');
  const groups = '4:memory:/docker\n3:pids:/\n2:cpu,cpuacct:/\n';
  const parents = findCgroupParents(host(mounts, groups)) ?? [];
  expect(parents.map(({ path }) => path)).toContain(join(root, 'memory/docker'));
  new Cgroup(parents, 'one', { memoryMiB: 64, pids: 8 });
  expect(read(root, 'memory/docker', groupName('one'), 'memory.limit_in_bytes')).toBe(String(64 * MIB));
  expect(read(root, 'pids', groupName('one'), 'pids.max')).toBe('11');
});

it('WALL-22 without memory or processes there are no groups: rlimits stand in', () => {
  group('memory');
  expect(findCgroupParents(host([['memory', 'cgroup', 'rw,memory']], '4:memory:/\n'))).toBeNull();
  expect(findCgroupParents(host([], '0::/\n'))).toBeNull();
  group('cgroup.subtree_control'); // cannot be written
  writeFileSync(join(root, 'cgroup.controllers'), 'cpu memory pids\n');
  expect(findCgroupParents(unified('/'))).toBeNull();
});
