/** Starts sandboxes on this host and looks at them from both sides; it says what it saw, not what to think of it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import type { Sandbox, SandboxDriver, SandboxSpec } from '../../sandbox/sandbox.ts';

const PROBE_MS = 60_000;
const PROBE_BYTES = 256 * 1024;
/** How long what happens at once on other hosts may take on a busy one. */
const EVERY_MS = 10;
const TRIES = 500;

/** Small, so that reaching its limits costs a moment. */
export const LIMITS = { memoryMiB: 128, pids: 24, homeMiB: 8 } as const;
/** Far beyond the limit: a bound is met, or there is none. */
export const TRIED_PROCESSES = 200;
export const NAMESPACES = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'] as const;
export const CAPABILITIES = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'] as const;
/** Where nothing may be written. */
const CLOSED = ['/', '/usr', '/usr/bin', '/usr/local', '/etc', '/dev', '/home', '/run', '/var', '/proc/sys'];
/** Of the host, and nobody's business inside. */
const PRIVATE = ['/etc/shadow', '/root', '/var/log', '/var/lib', '/proc/1/root/etc/shadow', '/sys'];
const ADDRESSES = [
  ['1.1.1.1', 443],
  ['169.254.169.254', 80],
  ['169.254.170.2', 80],
  ['10.0.0.1', 443],
] as const;

const outcome = z.string();
const inside = z.object({
  status: z.record(z.string(), z.string()),
  namespaces: z.record(z.string(), z.string()),
  calls: z.record(z.string(), outcome),
  vsock: outcome,
  written: z.record(z.string(), outcome),
  read: z.record(z.string(), outcome),
  devices: z.array(z.string()),
  processes: z.array(z.int()),
  interfaces: z.array(z.string()),
  reached: z.record(z.string(), outcome),
  environment: z.array(z.string()),
  descriptors: z.array(z.string()),
  agent: outcome,
  core: z.int(),
  opened: z.int(),
  sizes: z.record(z.string(), z.int()),
  forked: z.int(),
});
const last = z.object({ memory: z.enum(['killed', 'refused', 'survived', 'failed']) });

export type Inside = z.infer<typeof inside>;

/** How a process of a sandbox looks from the host. */
export interface Outside {
  readonly uid: number;
  readonly gid: number;
  readonly groups: string;
  readonly capabilities: Readonly<Record<string, string>>;
  readonly namespaces: Readonly<Record<string, string>>;
  /** Limits of its control groups by file; empty where it is in those of the server. */
  readonly limits: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly inside: Inside;
  /** How a program ended that took thrice its memory; null when nothing came back. */
  readonly memory: z.infer<typeof last>['memory'] | null;
  readonly outside: Outside;
  /** Of a second sandbox at the same time. */
  readonly neighbour: Outside;
  /** Processes of either that were there after the end. */
  readonly left: number;
}

export async function probe(driver: SandboxDriver): Promise<Seen> {
  const spec = (): SandboxSpec => ({ id: newId(), ...LIMITS, env: {}, files: [], home: null });
  const marks = [newId(), newId()] as const;
  const seen = await (async () => {
    await using one = await driver.create(spec());
    await using two = await driver.create(spec());
    const outside = await lookAt(one, marks[0]);
    const neighbour = await lookAt(two, marks[1]);
    return { ...(await lookFrom(one)), outside, neighbour };
  })();
  return { ...seen, left: await leftOf(marks) };
}

/** What is being ended takes a moment to be gone. */
async function leftOf(marks: readonly string[]): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const left = marks.flatMap(processesWith).length;
    if (left === 0 || tries === TRIES) return left;
    await delay(EVERY_MS);
  }
}

async function lookFrom(sandbox: Sandbox): Promise<Pick<Seen, 'inside' | 'memory'>> {
  await using host = await listener();
  const question = {
    ...LIMITS,
    processes: TRIED_PROCESSES,
    status: ['Uid', 'Groups', 'NoNewPrivs', 'Seccomp', ...CAPABILITIES],
    namespaces: NAMESPACES,
    folders: CLOSED,
    paths: [...PRIVATE, readableHere()],
    addresses: [...ADDRESSES, ['127.0.0.1', host.port]],
  };
  const { stdout, stderr } = await sandbox.exec({
    argv: ['/usr/bin/python3', '-I', '-', JSON.stringify(question)],
    stdin: readFileSync(new URL('./look.py', import.meta.url)),
    timeoutMs: PROBE_MS,
    maxBytes: PROBE_BYTES,
  });
  const [first = '', second = ''] = Buffer.from(stdout).toString('utf8').split('\n');
  if (first === '') throw new Error(`the probe said nothing: ${Buffer.from(stderr).toString('utf8').trim()}`);
  const memory = second === '' ? null : last.parse(JSON.parse(second)).memory;
  return { inside: inside.parse(JSON.parse(first)), memory };
}

/** A file that this process can read and nobody inside may. */
const readableHere = (): string => new URL(import.meta.url).pathname;

/** A port of the host's own loopback. */
async function listener(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listener without a port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

/** A program with an argument that nobody else has is found on the host by it. */
async function lookAt(sandbox: Sandbox, mark: string): Promise<Outside> {
  await sandbox.openPty({ cols: 80, rows: 24, argv: ['/bin/sh', '-c', 'read x', mark] });
  for (let tries = 0; tries < TRIES; tries += 1) {
    const [pid] = processesWith(mark);
    if (pid !== undefined) return describe(pid);
    await delay(EVERY_MS);
  }
  throw new Error('a program that runs in a sandbox cannot be seen on this host');
}

function describe(pid: number): Outside {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  const field = (name: string): string =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  return {
    uid: Number(field('Uid').split(/\s/)[0]),
    gid: Number(field('Gid').split(/\s/)[0]),
    groups: field('Groups'),
    capabilities: Object.fromEntries(CAPABILITIES.map((name) => [name, field(name)])),
    namespaces: namespacesOf(String(pid)),
    limits: limitsOf(pid),
  };
}

export function namespacesOf(pid: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    NAMESPACES.map((name) => {
      try {
        return [name, readlinkSync(`/proc/${pid}/ns/${name}`)];
      } catch {
        // Namespaces of another user's process cannot be read; from inside they can.
        return [name, ''];
      }
    }),
  );
}

const LIMIT_FILES = [...['memory.max', 'memory.limit_in_bytes', 'pids.max', 'cpu.weight', 'cpu.shares']];

/** Only of groups that are not the server's own: those limit it, not the sandbox. */
function limitsOf(pid: number): Readonly<Record<string, string>> {
  const ours = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const theirs = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const found: Record<string, string> = {};
  for (const line of theirs.filter((each) => each !== '' && !ours.includes(each))) {
    const group = line.split(':').slice(2).join(':');
    for (const mount of mounts.filter((each) => / - cgroup2? /.test(each))) {
      const [, , , root = '/', point = ''] = mount.split(' ');
      const below = root !== '/' && group.startsWith(root) ? group.slice(root.length) : group;
      for (const file of LIMIT_FILES) {
        const value = readIfThere(`${point}${below}/${file}`);
        if (value !== '') found[file] = value.trim();
      }
    }
  }
  return found;
}

function processesWith(argument: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readIfThere(`/proc/${pid}/cmdline`).split('\0').includes(argument))
    .map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended, or this host has no such file.
    return '';
  }
}
