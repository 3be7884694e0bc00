/** The composition root: environment → config → adapters → app; signals and exit codes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { type App, type AppOptions, createApp } from './app.ts';
import { createWorlds } from './aws/practice/worlds.ts';
import { practiceAccount, practiceSeed } from './aws/practice-account.ts';
import { practiceRequestHandler } from './aws/practice-handler.ts';
import { createSeatAws } from './aws/seat-aws.ts';
import { createStsVendor } from './aws/sts-vendor.ts';
import { reportHost } from './cli/host-report.ts';
import { type Config, formatProblems, originAt, readConfig } from './config.ts';
import { createNetwork } from './egress/network.ts';
import { loadLabs } from './labs/loader.ts';
import { wallClock as clock } from './lib/clock.ts';
import { createLog, type Log } from './lib/log.ts';
import { createBubblewrapDriver } from './sandbox/bubblewrap.ts';
import { roomFor } from './sandbox/host-memory.ts';
import { createProcessDriver } from './sandbox/process.ts';
import type { SandboxDriver } from './sandbox/sandbox.ts';
import { createWarmDriver, type WarmDriver } from './sandbox/warm.ts';
import type { SeatsDeps } from './seats/seats.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { createMirrors, type Mirrors } from './terminals/mirror.ts';

/** Practice AWS looks like the region that its readers use. */
const REGION = 'ap-northeast-1';
/** What a person waits for at most after ^C; what is not saved by then is lost as in a crash, and said. */
const STOP_WITHIN_MS = 4_500;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/**
 * Output on its way is memory that V8 counts to its heap. By itself it lets the heap grow by a tenth or
 * two, and a flood sets off a whole collection for each 12 MB; so the heap may become three times what lives.
 */
const HEAP_GROWTH_PERCENT = 200;

setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);

const config = readConfig(process.env);
if (!config.ok) {
  process.stderr.write(`${formatProblems(config.problems)}\n`);
  process.exit(2);
}
await serve(config.config);

async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  // A promise that nobody listened to is a bug of ours: it is told, and costs nobody their shell.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an error was not handled'));
  await using parts = new AsyncDisposableStack();
  try {
    const companions = sandboxDriver(config, log);
    const driver = parts.use(keptWarm(companions, config, log));
    const app = await compose(config, { driver, companions }, log, parts);
    const host = await reportHost(driver);
    if (!host.ok) process.stdout.write(`\n${host.text}\n`);
    const origin = await app.listen();
    announce(origin, await app.ownerLink());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  await stopSignal();
  const late = setTimeout(() => {
    log.error('stopping took too long; what was not saved is lost');
    process.exit(1);
  }, STOP_WITHIN_MS);
  late.unref();
}

function sandboxDriver(config: Config, log: Log): SandboxDriver {
  return config.sandbox === 'process' ? createProcessDriver({ log }) : createBubblewrapDriver({ log });
}

/** For shells. Services begin beside them, and nobody waits for those. */
function keptWarm(driver: SandboxDriver, config: Config, log: Log): WarmDriver {
  return createWarmDriver({ driver, most: config.warmSeats, seats: config.seats, roomFor, clock, log });
}

/** DOJOU_TEST_MIRROR=0 goes without, to measure what mirrors cost. */
function screenMirrors(log: Log): Mirrors {
  if (process.env.DOJOU_TEST_MIRROR !== '0') return createMirrors({ clock, log });
  return { open: () => null, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function compose(
  config: Config,
  drivers: Pick<AppOptions, 'driver' | 'companions'>,
  log: Log,
  parts: AsyncDisposableStack,
): Promise<App> {
  const store = parts.use(await openSqliteStore({ folder: config.data, clock, log }));
  const worlds = parts.use(createWorlds({ clock, log }));
  const mirrors = parts.use(screenMirrors(log));
  const app = await createApp({
    ...config,
    version: version(),
    originAt: (port) => originAt(config, port),
    tls: config.tls && { cert: readFileSync(config.tls.cert), key: readFileSync(config.tls.key) },
    dist: path.join(ROOT, 'dist'),
    store,
    ...drivers,
    mirrors,
    worlds,
    worldSeed: ({ random, world }) => practiceSeed({ random, world, region: REGION }),
    makeAws: practiceAws(log),
    network: createNetwork(),
    labs: await loadLabs(process.env.DOJOU_TEST_LABS ?? path.join(ROOT, 'labs')),
    clock,
    log,
  });
  return parts.use(app);
}

/** The vendor that a real account will use, with the signed request handed to the seat's own world. */
function practiceAws(log: Log): SeatsDeps['makeAws'] {
  return ({ world, lab, seat, allow, random }) => {
    const { accountId, broker, externalId, roleArn } = practiceAccount(random, REGION);
    const vendor = createStsVendor({
      region: REGION,
      roleArn,
      externalId,
      credentials: broker,
      requestHandler: practiceRequestHandler(world, clock),
    });
    return createSeatAws({
      ...{ world, vendor, lab, seat, allow, accountId, clock, log },
      labFile: `labs/${lab}/lab.yaml`,
      region: REGION,
      person: null,
      onMint: (fact) => log.info(fact, 'credentials were handed out'),
    });
  };
}

function announce(origin: string, ownerLink: string): void {
  process.stdout.write(
    [
      '',
      `  土壌  ${origin}`,
      '',
      '  はじめに開くリンク（15分以内に1回だけ使えます） / Open this first (good once, for 15 minutes):',
      `  ${ownerLink}`,
      '',
      '',
    ].join('\n'),
  );
}

function version(): string {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    process.once('SIGHUP', resolve); // the terminal in which it was started is closed
  });
}
