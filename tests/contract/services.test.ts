import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceView } from '#protocol/seat.ts';
import { newAttempt, seatSpec } from '../../server/labs/attempts.ts';
import { loadLabs } from '../../server/labs/loader.ts';
import { wallClock as clock } from '../../server/lib/clock.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { Sandbox, SandboxDriver, SandboxSpec } from '../../server/sandbox/sandbox.ts';
import { Previews } from '../../server/seats/previews.ts';
import type { SeatSpec } from '../../server/seats/seat-spec.ts';
import { PostgresTemplate } from '../../server/seats/services/postgres-template.ts';
import { Services } from '../../server/seats/services/services.ts';
import { cgroupsOf, processesOf } from '../support/host-processes.ts';
import { LAB, labWithServices } from '../support/lab-with-services.ts';
import { readIfAlive, specOf } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** Users of this run alone. */
const FIRST_UID = 300_000 + (process.pid % 10_000) * 10_000;
const real = createBubblewrapDriver({ log, firstUid: FIRST_UID });
/** Ids of every sandbox that was made. */
const made: SandboxSpec[] = [];
const driver: SandboxDriver = {
  ...real,
  create: (spec) => {
    made.push(spec);
    return real.create(spec);
  },
};
const postgres = new PostgresTemplate(driver);
const previews = new Previews((capability) => `/preview/${capability}/`);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

async function fixture(): Promise<SeatSpec> {
  await using labs = await labWithServices();
  const lab = (await loadLabs(labs.path)).get(LAB);
  if (lab === undefined) throw new Error('the fixture has no lab');
  const attempt = newAttempt(lab, { id: 'a', room: 'r', holder: { kind: 'room', id: 'r' }, now: 0 });
  return seatSpec(lab, attempt, { person: 'p', own: true });
}

/** Host users that have processes. */
const users = () => made.map((_, at) => FIRST_UID + at).filter((uid) => processesOf(uid).length > 0);

/** A learner's sandbox with services beside it. */
async function open(spec: Pick<SeatSpec, 'services' | 'labFiles'>) {
  await using undo = new AsyncDisposableStack();
  let views: readonly ServiceView[] = [];
  const told: string[][] = [];
  const deps = { driver, postgres, previews, clock, log };
  const services = undo.use(
    new Services(deps, spec, (part) => {
      views = part.services;
      told.push(views.map(({ state }) => state));
    }),
  );
  const sandbox = undo.use(await driver.create(specOf()));
  await services.forwardInto(sandbox);
  const parts = undo.move();
  return {
    ...{ services, sandbox, told },
    of: (id: string) => {
      const view = views.find((one) => one.id === id);
      if (view === undefined) throw new Error(`no service ${id}`);
      return view;
    },
    healthy: (id: string) =>
      until(() => views.find((one) => one.id === id)?.state === 'healthy', {
        what: `${id} to be healthy: ${JSON.stringify(views)}`,
        ms: 30_000,
      }),
    run: (script: string, options: { readonly env?: string } = {}) => run(sandbox, script, options),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function run(sandbox: Sandbox, script: string, { env = '' }: { readonly env?: string } = {}) {
  const result = await sandbox.exec({
    argv: ['/bin/bash', '-c', `${env} ${script}`],
    timeoutMs: 20_000,
    maxBytes: 100_000,
  });
  return { code: result.code, out: text(result.stdout) + text(result.stderr) };
}

describe('services beside a learner’s shell', () => {
  let spec: SeatSpec;
  let seat: Awaited<ReturnType<typeof open>>;
  /** A line for psql as the application role. */
  let psql: (sql: string) => Promise<{ readonly code: number | null; readonly out: string }>;

  beforeAll(async () => {
    spec = await fixture();
    seat = await open(spec);
    const [db] = spec.services;
    if (db === undefined || !('postgres' in db.run)) throw new Error('the fixture has no database');
    const { password } = db.run.postgres;
    psql = (sql) =>
      seat.run(`psql -h 127.0.0.1 -U shop -At -c "${sql}" shop`, {
        env: `export PGPASSWORD="${password}";`,
      });
    await Promise.all(['db', 'web', 'till'].map(seat.healthy));
  }, 60_000);
  afterAll(() => seat[Symbol.asyncDispose]());

  test('SVC-1 each runs under a host user of its own, in none of the learner’s namespaces', async () => {
    // The learner's, and one per service.
    expect(users()).toHaveLength(4);
    const seen = await seat.run('ps -eo args; ls -la ~ /tmp');
    expect(seen.out).not.toMatch(/postgres|nginx|till/);
    expect((await seat.run('ls /proc | grep -c "^[0-9]"')).out.trim()).toMatch(/^\d$/);
  });

  test('SVC-2 psql from the learner’s shell reaches the lab’s data as the application role', async () => {
    expect((await psql('SELECT name, price FROM goods ORDER BY price DESC LIMIT 1')).out.trim()).toMatch(
      /^shop-(kite|reed)\|42$/,
    );
    expect((await psql("INSERT INTO goods VALUES ('seed', 1); SELECT count(*) FROM goods")).out).toContain(
      '3',
    );
    expect((await psql('CREATE INDEX ON visits (at)')).code).toBe(0);
    expect((await psql('CREATE TABLE mine (n int); DROP TABLE mine')).code).toBe(0);
  });

  test.each([
    ['a read of the server’s files', "SELECT pg_read_file('/etc/passwd')"],
    ['a listing of its folders', "SELECT pg_ls_dir('/')"],
    ['a program', "COPY goods FROM PROGRAM 'id'"],
    ['a file', "COPY goods TO '/tmp/x'"],
    ['a large object out of a file', "SELECT lo_import('/etc/passwd')"],
    ['another role', 'CREATE ROLE other'],
    ['the owner’s role', 'SET ROLE dojou_owner'],
    ['the administrator’s role', 'SET ROLE dojou_admin'],
    ['another database', 'CREATE DATABASE other'],
    ['an extension', 'CREATE EXTENSION plpgsql'],
    ['a setting of the server', "ALTER SYSTEM SET work_mem = '1MB'"],
    ['what the lab keeps to itself', "INSERT INTO audit VALUES ('forged')"],
  ])('SVC-3 the application role is refused %s', async (_, sql) => {
    const { code, out } = await psql(sql);
    expect(code).not.toBe(0);
    expect(out).toMatch(/permission denied|must be (superuser|owner|able)|already exists/);
  });

  test('SVC-3 nobody else comes in: no other role, no other database, no wrong password', async () => {
    for (const [role, database] of [
      ['dojou_admin', 'shop'],
      ['dojou_owner', 'shop'],
      ['postgres', 'postgres'],
      ['shop', 'template1'],
    ]) {
      const { code, out } = await seat.run(`psql -h 127.0.0.1 -w -U ${role} ${database} -c 'SELECT 1'`);
      expect(code).not.toBe(0);
      expect(out).toContain('pg_hba.conf rejects');
    }
    const wrong = await seat.run('psql -h 127.0.0.1 -U shop shop -c "SELECT 1"', {
      env: 'export PGPASSWORD=guess;',
    });
    expect(wrong.out).toContain('password authentication failed');
  });

  test('SVC-4 nginx serves the lab’s files, with its values in them', async () => {
    const { out } = await seat.run('curl -sS -i http://127.0.0.1:8080/');
    expect(out).toContain('Content-Type: text/html');
    expect(out).toMatch(/<title>shop-(kite|reed)<\/title>/);
    expect((await seat.run('curl -sS http://127.0.0.1:8080/../nginx.conf')).out).toContain('404');
    await until(() => seat.of('web').log.includes('GET / HTTP/1.1'));
    // Our own looks are no visits.
    expect(seat.of('web').log).not.toContain('healthz');
  });

  test('SVC-5 a command runs with its values, and its log is text without controls', async () => {
    const { out } = await seat.run('exec 3<>/dev/tcp/127.0.0.1/7000; echo hello >&3; head -1 <&3');
    expect(out).toMatch(/^shop-(kite|reed): hello\n$/);
    await until(() => seat.of('till').log.includes('the till opens'));
  });

  test('SVC-6 one that ends is told so and started again, with its data', async () => {
    await psql("INSERT INTO goods VALUES ('kept', 1)");
    const [postmaster = 0] = users()
      .flatMap((uid) => processesOf(uid))
      .filter((pid) => readIfAlive(`/proc/${pid}/cmdline`).includes('/bin/postgres'));
    process.kill(postmaster, 'SIGKILL');
    await until(() => seat.of('db').state === 'starting');
    await seat.healthy('db');
    expect((await psql("SELECT price FROM goods WHERE name = 'kept'")).out).toBe('1\n');
  });

  test('SVC-6 its log tells of both lives, as text', async () => {
    const before = seat.told.length;
    await seat.run('exec 3<>/dev/tcp/127.0.0.1/7000; echo end >&3; cat <&3');
    await until(() => seat.told.slice(before).some((states) => states[2] === 'starting'));
    await seat.healthy('till');
    const { log: tail } = seat.of('till');
    expect(tail).toContain('the till ends now\n');
    expect(tail).toContain('ended: 3');
    expect(tail.match(/the till opens/g)).toHaveLength(2);
  });

  test('SVC-7 a connection that comes while it starts waits for it', async () => {
    await using other = await open({ ...spec, services: spec.services.slice(0, 1) });
    expect(other.of('db').state).toBe('starting');
    const { out } = await other.run('psql -h 127.0.0.1 -w -U shop shop -c "SELECT 1"');
    expect(out).toContain('no password supplied');
    await other.healthy('db');
  });

  test('SVC-8 another seat’s services are others, and out of reach', async () => {
    await using other = await open({ ...spec, services: [] });
    for (const port of [5432, 8080, 7000]) {
      expect((await other.run(`exec 3<>/dev/tcp/127.0.0.1/${port}`)).out).toContain('Connection refused');
    }
  });
});

describe('services that cannot go on', () => {
  const till = (argv: string[]): SeatSpec['services'] => [
    {
      ...{
        id: 'till',
        title: { ja: 'レジ', en: 'The till' },
        memoryMiB: 64,
        pids: 16,
        homeMiB: 1,
        port: 7000,
      },
      ...{ preview: false, run: { command: { argv, files: [] } } },
    },
  ];

  test('SVC-9 what ends again and again is left at that, with its log', async () => {
    const services = till(['/bin/sh', '-c', 'echo "I give up"; exit 1']);
    await using seat = await open({ services, labFiles: new Map() });
    await until(() => seat.of('till').state === 'ended', { what: 'the end', ms: 30_000 });
    expect(seat.of('till').log.match(/I give up/g)).toHaveLength(4);
    expect((await seat.run('cat </dev/tcp/127.0.0.1/7000')).out).toMatch(/reset|^$/);
  }, 40_000);

  test('SVC-10 SQL that fails ends the service at once, and its log says where', async () => {
    const { services } = await fixture();
    const labFiles = new Map([['shop.sql', Buffer.from('SELECT 1;\nSELEC 2;\n')]]);
    await using seat = await open({ services: services.slice(0, 1), labFiles });
    await until(() => seat.of('db').state === 'ended', { what: 'the end', ms: 20_000 });
    expect(seat.of('db').log).toMatch(/syntax error at or near "SELEC"/);
    expect(seat.of('db').log.match(/database system is ready/g)).toHaveLength(1);
  });

  test('SVC-11 what answers no more is unhealthy, and healthy again when it does', async () => {
    const program = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        well = not os.path.exists('/tmp/ill')
        if self.path == '/fall': open('/tmp/ill', 'w')
        if self.path == '/rise': os.unlink('/tmp/ill')
        self.send_response(200 if well else 503); self.end_headers()
http.server.ThreadingHTTPServer(('127.0.0.1', 7000), Handler).serve_forever()`;
    const services = till(['/usr/bin/python3', '-c', program]).map((one) => ({ ...one, health: '/' }));
    await using seat = await open({ services, labFiles: new Map() });
    await seat.healthy('till');
    await seat.run('curl -s http://127.0.0.1:7000/fall');
    await until(() => seat.of('till').state === 'unhealthy', { what: 'the fall', ms: 40_000 });
    await seat.run('curl -s http://127.0.0.1:7000/rise');
    await seat.healthy('till');
  }, 60_000);

  test('SVC-12 without the program on this host it says what is missing and what to do, and others go on', async () => {
    const { services, labFiles } = await fixture();
    let views: readonly ServiceView[] = [];
    const away: SandboxDriver = { ...driver, name: 'process' };
    await using none = new Services(
      { driver: away, postgres, previews, clock, log },
      { services, labFiles },
      (part) => {
        views = part.services;
      },
    );
    expect(none.views).toEqual(views);
    for (const { state, why } of views) {
      expect(state).toBe('ended');
      expect(why?.ja).toContain('bubblewrap');
    }
  });

  test('SVC-13 when a seat ends, no process and no control group of its services is left', async () => {
    const from = made.length;
    const seat = await open(await fixture());
    await Promise.all(['db', 'web', 'till'].map(seat.healthy));
    const ids = made.slice(from).map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(4);
    await seat[Symbol.asyncDispose]();
    // Nor does the page show them any more.
    expect(() => seat.of('db')).toThrow('no service db');
    expect(ids.flatMap((id) => cgroupsOf(id))).toEqual([]);
    const others = await open({ services: [], labFiles: new Map() });
    await others[Symbol.asyncDispose]();
    expect(made.flatMap((_, at) => processesOf(FIRST_UID + at))).toEqual([]);
  }, 30_000);
});
