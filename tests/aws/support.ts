/** A practice AWS for tests: worlds in real workers, a log in memory, a seat reached by real sockets. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { world as labWorld } from '../../labs/see-whats-running/world.ts';
import type { WorldSeed } from '../../server/aws/practice/seed.ts';
import type { LogEntry, World, WorldLog, Worlds } from '../../server/aws/practice/world.ts';
import { createWorlds } from '../../server/aws/practice/worlds.ts';
import { practiceAccount, practiceSeed } from '../../server/aws/practice-account.ts';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import { createSeatAws, type SeatAws } from '../../server/aws/seat-aws.ts';
import { createStsVendor } from '../../server/aws/sts-vendor.ts';
import type { MintFact } from '../../server/aws/vendor.ts';
import { type Clock, wallClock } from '../../server/lib/clock.ts';

export const REGION = 'ap-northeast-1';
export const RANDOM = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
export const SVC = 'web-kite';
export const RUNNING = 3;
const VARS = {
  cluster: 'hoiku-prod',
  svc: SVC,
  tag: '2026.11.7',
  running: String(RUNNING),
  desired: String(RUNNING + 1),
};
export const ALLOW = ['sts:GetCallerIdentity', 'ecs:List*', 'ecs:Describe*'];

export interface MemoryLog extends WorldLog {
  readonly entries: LogEntry[];
  /** While true, nothing can be stored. */
  full: boolean;
}

export function memoryLog(): MemoryLog {
  const entries: LogEntry[] = [];
  return {
    entries,
    full: false,
    read: () => Promise.resolve(entries.map((entry) => structuredClone(entry))),
    append(n, entry) {
      if (this.full) return Promise.reject(new Error('disk full'));
      if (n !== entries.length + 1) return Promise.reject(new Error(`entry ${n} after ${entries.length}`));
      entries.push(JSON.parse(JSON.stringify(entry)));
      return Promise.resolve();
    },
  };
}

export function seedOf(random = RANDOM): WorldSeed {
  let n = 0;
  const drawn = () => {
    n = (n + 37) % 101;
    return n / 101;
  };
  const { ecs } = labWorld(VARS, drawn);
  return practiceSeed({ random, region: REGION, world: { ecs } });
}

export const account = practiceAccount(RANDOM, REGION);

/** An operator beside the learner role: may change services, has a key of its own. */
export const OPERATOR = {
  accessKeyId: 'AKIAOPERATOROPERATOR',
  secretAccessKey: 'operator-secret-of-the-tests',
};

export function seedWithOperator(random = RANDOM): WorldSeed {
  const seed = seedOf(random);
  return {
    ...seed,
    iam: {
      ...seed.iam,
      users: [
        ...seed.iam.users,
        {
          name: 'operator',
          ...OPERATOR,
          policies: {
            all: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
          },
        },
      ],
    },
  };
}

export interface Practice extends AsyncDisposable {
  readonly worlds: Worlds;
  readonly world: World;
  readonly log: MemoryLog;
}

export async function openPractice(
  options: { seed?: WorldSeed; log?: MemoryLog; clock?: Clock } = {},
): Promise<Practice> {
  const { seed = seedWithOperator(), log = memoryLog(), clock = wallClock } = options;
  const worlds = createWorlds({ clock });
  const world = await worlds.open('attempt-1', seed, log);
  return { worlds, world, log, [Symbol.asyncDispose]: () => worlds[Symbol.asyncDispose]() };
}

export function vendorFor(world: World, clock: Clock = wallClock) {
  return createStsVendor({
    region: REGION,
    roleArn: account.roleArn,
    externalId: account.externalId,
    credentials: account.broker,
    requestHandler: practiceRequestHandler(world, clock),
  });
}

export function seatFor(
  world: World,
  options: { allow?: readonly string[]; clock?: Clock; mints?: MintFact[] } = {},
): SeatAws {
  const { allow = ALLOW, clock = wallClock, mints } = options;
  return createSeatAws({
    world,
    vendor: vendorFor(world, clock),
    lab: 'see-whats-running',
    labFile: 'labs/see-whats-running/lab.yaml',
    seat: 'seatseatseatseat',
    allow,
    region: REGION,
    accountId: account.accountId,
    person: 'personpersonpers',
    clock,
    ...(mints && { onMint: (fact: MintFact) => mints.push(fact) }),
  });
}

/** What a forwarded port of the sandbox does, with real sockets and a port of the system's choice. */
export async function listen(onConnection: (stream: import('node:net').Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export function portOf(server: Server): number {
  // A listening TCP server's address is always an AddressInfo; the type also covers pipes.
  return (server.address() as AddressInfo).port;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shell extends AsyncDisposable {
  readonly env: Record<string, string>;
  /** Runs the shim with these arguments, in an environment made from nothing. */
  aws(...args: string[]): Promise<CliResult>;
}

/** A seat's ports on real sockets and its shim on disk: what a learner's shell has. */
export async function shellFor(seat: SeatAws): Promise<Shell> {
  const home = mkdtempSync(join(tmpdir(), 'dojou-aws-'));
  const shim = join(home, 'aws');
  writeFileSync(shim, seat.files[0]?.content ?? '');
  chmodSync(shim, 0o755);
  const servers = await Promise.all(seat.ports.map((port) => listen((stream) => port.onConnection(stream))));
  const moved = new Map(seat.ports.map((port, i) => [String(port.port), servers[i]]));
  const env = Object.fromEntries(
    Object.entries(seat.env).map(([name, value]) => [
      name,
      value.replace(/127\.0\.0\.1:(\d+)/, (whole, port: string) => {
        const server = moved.get(port);
        return server ? `127.0.0.1:${portOf(server)}` : whole;
      }),
    ]),
  );
  const clean = { ...env, HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
  return {
    env: clean,
    aws: (...args) =>
      new Promise((resolve) => {
        execFile(shim, args, { env: clean, cwd: home, timeout: 25_000 }, (error, stdout, stderr) => {
          const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
          resolve({ code, stdout, stderr });
        });
      }),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      rmSync(home, { recursive: true, force: true });
    },
  };
}
