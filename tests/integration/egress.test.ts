import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EgressView } from '#protocol/seat.ts';
import { createNetwork } from '../../server/egress/network.ts';
import { createSeatEgress } from '../../server/egress/seat-egress.ts';
import { wallClock as clock } from '../../server/lib/clock.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { Sandbox } from '../../server/sandbox/sandbox.ts';
import { specOf } from '../support/sandbox.ts';
import { SmallDns } from '../support/small-dns.ts';
import { PUBLIC, SmallInternet } from '../support/small-internet.ts';
import { until } from '../support/until.ts';

const say = (): void => undefined;
const LISTED = ['example.com:8080', 'rebound.example:8080', 'inside.example:8080'];
/** Users of this run alone: the same file may be running elsewhere on this host. */
const FIRST_UID = 300_000 + (process.pid % 10_000) * 10_000;

describe('curl in a real sandbox', () => {
  const driver = createBubblewrapDriver({ log, firstUid: FIRST_UID });
  const pages = createServer((request, response) => {
    request.resume().on('end', () => response.end(`page of ${request.headers.host}\n`));
  });
  let owned: AsyncDisposableStack;
  let internet: SmallInternet;
  let view: EgressView;

  beforeEach(async () => {
    owned = new AsyncDisposableStack();
    internet = owned.use(new SmallInternet());
    await internet.host(`${PUBLIC}:8080`, (socket) => pages.emit('connection', socket));
    internet.names.set('example.com', [[PUBLIC]]);
    internet.names.set('rebound.example', [[PUBLIC], ['127.0.0.1']]);
    internet.names.set('inside.example', [['10.0.0.7']]);
  });

  afterEach(() => owned.disposeAsync());

  async function seat(listed: readonly string[]): Promise<Sandbox> {
    const tell = (told: EgressView): void => {
      view = told;
    };
    const egress = owned.use(
      createSeatEgress({ seat: 's', listed, network: internet, tell, say, clock, log }),
    );
    const sandbox = owned.use(await driver.create(specOf({ env: egress.env })));
    for (const { port, onConnection } of egress.ports) await sandbox.forward(port, onConnection);
    return sandbox;
  }

  async function run(sandbox: Sandbox, script: string): Promise<string> {
    const { stdout, stderr } = await sandbox.exec({
      argv: ['/bin/bash', '-c', script],
      timeoutMs: 20_000,
      maxBytes: 1024 * 1024,
    });
    return Buffer.concat([stdout, stderr]).toString();
  }

  test('OUT-2 OUT-7 reaches what the lab lists, and the page knows of it', async () => {
    const sandbox = await seat(LISTED);
    expect(await run(sandbox, 'curl -sSp http://example.com:8080/')).toBe('page of example.com:8080\n');
    expect(await run(sandbox, 'curl -sSp http://EXAMPLE.com:8080/ -d @/etc/passwd')).toContain('page of');
    await until(() => view.connections[0]?.outcome === 'closed' && view.connections.length === 2);
    const [{ bytesOut = 0, bytesIn = 0 } = {}] = view.connections;
    expect(bytesOut).toBeGreaterThan(150);
    expect(bytesIn).toBeGreaterThan(20);
  });

  test('OUT-2 OUT-3 OUT-4 is told why, in words, where it may not go', async () => {
    const sandbox = await seat(LISTED);
    const tunnel = 'curl -sSvp --max-time 10';
    expect(await run(sandbox, `${tunnel} http://example.org:8080/`)).toMatch(/403 .*does not list/);
    expect(await run(sandbox, `${tunnel} http://inside.example:8080/`)).toMatch(/403 .*private/);
    expect(await run(sandbox, `${tunnel} http://169.254.169.254/latest/`)).toMatch(/403 .*private/);
    expect(await run(sandbox, `${tunnel} http://2852039166/`)).not.toContain('200');
    expect(await run(sandbox, 'curl -sS http://example.com:8080/')).toMatch(
      /http は外に出ません.*\n.*Plain http/,
    );
    expect(internet.reached).toEqual([]);
    await until(() => view.connections.length >= 4);
  });

  test('OUT-3 a name that changes its address between two looks wins nothing', async () => {
    const sandbox = await seat(LISTED);
    const twice = 'for i in 1 2; do curl -sSp http://rebound.example:8080/; done';
    expect(await run(sandbox, twice)).toMatch(/^page of rebound\.example:8080\ncurl: .*403/);
    expect(internet.reached).toEqual([`${PUBLIC}:8080`]);
  });

  test('OUT-1 without a list there is no proxy to ask, and the network stays empty', async () => {
    const sandbox = await seat([]);
    expect(await run(sandbox, 'env | grep -i proxy; curl -sS http://93.184.215.14/')).toMatch(/^curl: \(7\)/);
    expect(await run(sandbox, 'curl -sSpx http://127.0.0.1:3128 http://example.com:8080/')).toMatch(
      /^curl: \(7\)/,
    );
    expect(internet.asked).toEqual([]);
  });

  test('OUT-2 loopback is reached without the proxy', async () => {
    const sandbox = await seat(LISTED);
    await sandbox.forward(9000, (stream) => pages.emit('connection', stream));
    expect(await run(sandbox, 'curl -sS http://127.0.0.1:9000/ http://localhost:9000/')).toBe(
      'page of 127.0.0.1:9000\npage of localhost:9000\n',
    );
  });
});

describe('names', () => {
  test('OUT-5 are asked of DNS alone, both families at once', async () => {
    const asked: string[] = [];
    await using dns = await SmallDns.start((name) => {
      asked.push(name);
      return name === 'two.example' ? ['93.184.215.14', '2606:4700::1111'] : [];
    });
    const network = createNetwork([dns.server]);
    expect(await network.resolve('two.example')).toEqual(['93.184.215.14', '2606:4700::1111']);
    expect(await network.resolve('none.example')).toEqual([]);
    expect(asked).toContain('none.example');
    expect(network.own()).toContain('127.0.0.1');
  });

  test('OUT-3 that lead inside are refused by the whole chain, the host’s own network in it', async () => {
    await using dns = await SmallDns.start((name) => (name === 'in.example' ? ['127.0.0.1'] : []));
    const reached: string[] = [];
    const real = createNetwork([dns.server]);
    const network = {
      ...real,
      connect: (...to: Parameters<typeof real.connect>) => {
        reached.push(to[0]);
        return real.connect(...to);
      },
    };
    const views: EgressView[] = [];
    const tell = (view: EgressView): void => void views.push(view);
    using egress = createSeatEgress({
      seat: 's',
      listed: ['in.example:443'],
      network,
      tell,
      say,
      clock,
      log,
    });
    const [side, broker] = duplexPair();
    egress.ports[0]?.onConnection(broker);
    side.end('CONNECT in.example:443 HTTP/1.1\r\n\r\n');
    await until(() => views.at(-1)?.connections[0]?.outcome === 'forbidden-address');
    expect(reached).toEqual([]);
  });
});
