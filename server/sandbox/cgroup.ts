/** Limits of a sandbox by control groups, version 1 or 2, below the group that the server runs in. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Meter } from './meter.ts';
import { groupName } from './owner.ts';

const MIB = 1024 * 1024;
/** Beside the learner's own: bwrap twice, and the agent. */
export const OWN_PIDS = 3;
/** A quarter of what another process of the host gets when the CPU is short. */
const CPU_SHARES = 256;
const CPU_WEIGHT = 25;
/** What every process has from the beginning. */
const FULL_SHARE: Readonly<Record<string, string>> = { 'cpu.shares': '1024', 'cpu.weight': '100' };
/** Into which a server in the same group as its sandboxes moves, where version 2 asks for it. */
const SERVER_GROUP = 'dojou-server';
const REMOVE_TRIES = 200;
const REMOVE_EVERY_MS = 10;

export interface CgroupLimits {
  readonly memoryMiB: number;
  readonly pids: number;
}

/** A file of a controller and what is written to it. `needed`: without it the limit does not hold. */
interface Setting {
  readonly file: string;
  readonly value: (limits: CgroupLimits) => string;
  readonly needed: boolean;
}

/** A folder in which groups can be made, with what limits them. */
export interface CgroupParent {
  readonly path: string;
  readonly settings: readonly Setting[];
}

const memory = ({ memoryMiB }: CgroupLimits): string => String(memoryMiB * MIB);
const tcpMemory = ({ memoryMiB }: CgroupLimits): string => String((memoryMiB * MIB) / 8);
const pids = (limits: CgroupLimits): string => String(limits.pids + OWN_PIDS);

const V1: Readonly<Record<string, readonly Setting[]>> = {
  memory: [
    { file: 'memory.limit_in_bytes', value: memory, needed: true },
    { file: 'memory.memsw.limit_in_bytes', value: memory, needed: false },
    // Version 1 counts what stands in TCP connections apart: unbounded, one seat takes the host's share.
    { file: 'memory.kmem.tcp.limit_in_bytes', value: tcpMemory, needed: false },
  ],
  pids: [{ file: 'pids.max', value: pids, needed: true }],
  cpu: [{ file: 'cpu.shares', value: () => String(CPU_SHARES), needed: false }],
  // Limits nothing: it counts.
  cpuacct: [],
};

const V2: readonly Setting[] = [
  { file: 'memory.max', value: memory, needed: true },
  { file: 'memory.swap.max', value: () => '0', needed: false },
  { file: 'pids.max', value: pids, needed: true },
  { file: 'cpu.weight', value: () => String(CPU_WEIGHT), needed: false },
];

/** The group of one sandbox, in each hierarchy that limits it. */
export class Cgroup {
  readonly #paths: readonly string[];
  /** How the CPU is shared, and in which files. */
  readonly #shares: readonly { readonly target: string; readonly full: string; readonly own: string }[];

  constructor(parents: readonly CgroupParent[], id: string, limits: CgroupLimits) {
    const made: string[] = [];
    const shares: { readonly target: string; readonly full: string; readonly own: string }[] = [];
    this.#paths = made;
    this.#shares = shares;
    for (const { path, settings } of parents) {
      const folder = join(path, groupName(id));
      mkdirSync(folder, { recursive: true });
      made.push(folder);
      for (const { file, value, needed } of settings) {
        const target = join(folder, file);
        if (!needed && !existsSync(target)) continue;
        writeFileSync(target, value(limits));
        const full = FULL_SHARE[file];
        if (full !== undefined) shares.push({ target, full, own: value(limits) });
      }
    }
  }

  /**
   * As long as nobody's program runs in it, it is behind no other program of the host: until the result
   * is called, before the first one.
   */
  hurry(): () => void {
    for (const { target, full } of this.#shares) writeFileSync(target, full);
    return () => {
      for (const { target, own } of this.#shares) writeFileSync(target, own);
    };
  }

  /** What it counts. */
  meter(): Meter {
    return new Meter(this.#paths);
  }

  add(pid: number): void {
    for (const path of this.#paths) writeFileSync(join(path, 'cgroup.procs'), String(pid));
  }

  /** True when the kernel has killed a process here because memory ran out. */
  ranOutOfMemory(): boolean {
    return this.#paths.some((path) =>
      ['memory.oom_control', 'memory.events'].some((file) =>
        /^oom_kill [1-9]/m.test(readIfThere(join(path, file))),
      ),
    );
  }

  /** Ends what is left inside and removes the group; a process that is dying keeps it busy for a moment. */
  async remove(): Promise<void> {
    for (const path of this.#paths) {
      writeIfThere(join(path, 'cgroup.kill'), '1'); // faster than anything that forks
      for (let attempt = 0; existsSync(path); attempt++) {
        for (const pid of readPids(path)) endProcess(pid);
        if (removed(path)) break;
        if (attempt === REMOVE_TRIES) throw new Error(`the control group ${path} is still in use`);
        await delay(REMOVE_EVERY_MS);
      }
    }
  }
}

/** What a host says of control groups, as proc(5) has it, and how one is removed. */
export interface GroupHost {
  readonly mountinfo: string;
  /** Of this process. */
  readonly groups: string;
  /** A group goes with the files in it, as no folder does. */
  readonly removeGroup: (path: string) => void;
}

function thisHost(): GroupHost {
  return {
    mountinfo: readIfThere('/proc/self/mountinfo'),
    groups: readIfThere('/proc/self/cgroup'),
    removeGroup: rmdirSync,
  };
}

/** The folders in which groups with all needed limits can be made, or null where that cannot be. */
export function findCgroupParents(host: GroupHost = thisHost()): readonly CgroupParent[] | null {
  const usable: CgroupParent[] = [];
  for (const [controller, folders] of ownGroups(host)) {
    const settings = controller === '' ? V2 : V1[controller];
    const parents = settings ? folders.map((path) => ({ path, settings })) : [];
    const parent = parents.find((each) => canLimit(each, host));
    if (parent) usable.push(parent);
  }
  const limited = usable.flatMap(({ settings }) => settings.map(({ file }) => file));
  const complete = limited.includes('pids.max') && limited.some((file) => /^memory\.(max|limit)/.test(file));
  return complete ? usable : null;
}

/**
 * Controller → the folder of the server's own group, then those above it: under systemd, a user's own
 * scope is often full of other processes, while the slice above it may have children. The unified
 * hierarchy (version 2) has the name ''.
 */
function* ownGroups(host: GroupHost): Generator<[controller: string, folders: readonly string[]]> {
  const mounts = host.mountinfo.split('\n');
  for (const line of host.groups.split('\n')) {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || group === undefined) continue;
    for (const controller of controllers.split(',')) yield [controller, foldersOf(mounts, controller, group)];
  }
}

/** A line of mountinfo: … root mountpoint options … - type source superoptions (proc(5)). */
function foldersOf(mounts: readonly string[], controller: string, group: string): string[] {
  for (const line of mounts) {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '/', mountPoint = ''] = left.split(' ');
    const [type, , options = ''] = right.split(' ');
    const fits =
      controller === '' ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes(controller);
    if (!fits) continue;
    const inside = root !== '/' && group.startsWith(root) ? group.slice(root.length) : group;
    const names = inside.split('/').filter((name) => name !== '');
    return [...names, ''].map((_, above) => join(mountPoint, ...names.slice(0, names.length - above)));
  }
  return [];
}

function canLimit(parent: CgroupParent, { removeGroup }: GroupHost): boolean {
  const limits = { memoryMiB: 64, pids: 8 };
  try {
    enableControllers(parent);
    const id = 'probe';
    new Cgroup([parent], id, limits);
    return removed(join(parent.path, groupName(id)), removeGroup);
  } catch {
    // Not ours to write, or without these controllers: the caller goes without, and says so.
    removed(join(parent.path, groupName('probe')), removeGroup);
    return false;
  }
}

/**
 * Version 2 gives controllers to children only when no process is in the parent itself: when all that
 * are there are the server's, they move into a child of their own first.
 */
function enableControllers({ path, settings }: CgroupParent): void {
  if (settings !== V2) return;
  const wanted = readIfThere(join(path, 'cgroup.controllers'))
    .split(/\s/)
    .filter((name) => ['memory', 'pids', 'cpu'].includes(name));
  const enabled = readIfThere(join(path, 'cgroup.subtree_control')).split(/\s/);
  if (wanted.every((name) => enabled.includes(name))) return;
  const inside = readPids(path);
  if (inside.length === 1 && inside[0] === process.pid) {
    const own = join(path, SERVER_GROUP);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'cgroup.procs'), String(process.pid));
  }
  writeFileSync(join(path, 'cgroup.subtree_control'), wanted.map((name) => `+${name}`).join(' '));
}

function removed(path: string, removeGroup: GroupHost['removeGroup'] = rmdirSync): boolean {
  try {
    removeGroup(path);
    return true;
  } catch (error) {
    return isCode(error, 'ENOENT');
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error;
  }
}

/** Controls that this version or kernel does not have are done without. */
function writeIfThere(path: string, text: string): void {
  if (existsSync(path)) writeFileSync(path, text);
}

function readPids(path: string): number[] {
  return readIfThere(join(path, 'cgroup.procs'))
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Absent on this host: an empty text has no line that could match.
    return '';
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
