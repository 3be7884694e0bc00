import { type Duplex, duplexPair } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EgressView } from '#protocol/seat.ts';
import { CONNECTIONS_AT_ONCE, CONNECTIONS_PER_MINUTE, HEAD_BYTES } from '../../../server/egress/limits.ts';
import { createSeatEgress, type SeatEgress } from '../../../server/egress/seat-egress.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { PUBLIC, PUBLIC_TOO, SmallInternet } from '../../support/small-internet.ts';
import { until } from '../../support/until.ts';

const LISTED = [
  'example.com:443',
  'half.example:443',
  'rebound.example:443',
  'gone.example:443',
  `${PUBLIC}:443`,
];
const CONNECT = (authority: string): string => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
const OK = 'HTTP/1.1 200 Connection established\r\n\r\n';

describe('the way out', () => {
  const clock = new ManualClock(1_700_000_000_000);
  let internet: SmallInternet;
  let egress: SeatEgress;
  let view: EgressView;
  let lines: string[];
  let said: string[];

  beforeEach(async () => {
    internet = new SmallInternet();
    lines = [];
    said = [];
    internet.names.set('example.com', [[PUBLIC]]);
    await internet.host(`${PUBLIC}:443`, (socket) => {
      socket
        .on('data', (bytes) => socket.write(String(bytes).toUpperCase()))
        .on('end', () => socket.end('BYE'));
    });
    egress = make(LISTED);
  });

  afterEach(async () => {
    egress[Symbol.dispose]();
    await internet[Symbol.asyncDispose]();
  });

  function make(listed: readonly string[]): SeatEgress {
    const mine = lines;
    const log = pino({ level: 'info', base: null }, { write: (line: string) => mine.push(line) });
    const tell = (told: EgressView): void => {
      view = told;
    };
    const say = (words: string): void => void said.push(words);
    return createSeatEgress({ seat: 's1', listed, network: internet, tell, say, clock, log });
  }

  /** A program inside: what it has heard, and whether its connection is over. */
  function program(first = ''): {
    side: Duplex;
    heard: () => string;
    over: () => boolean;
    leave: () => void;
  } {
    const [side, broker] = duplexPair();
    let heard = '';
    side.on('data', (bytes) => {
      heard += String(bytes);
    });
    side.on('error', () => undefined);
    egress.ports[0]?.onConnection(broker);
    side.write(first);
    return { side, heard: () => heard, over: () => broker.destroyed, leave: () => broker.destroy() };
  }

  async function answerTo(request: string): Promise<string> {
    const { side, heard, over } = program(request);
    side.end();
    await until(over);
    return heard();
  }

  /** What the page knows once it has been told. */
  const shown = () => {
    clock.advance(1_000);
    return view.connections;
  };

  const logged = () => lines.map((line) => JSON.parse(line));

  test('OUT-1 a lab that lists nothing gets no proxy, no variable and no port', () => {
    using none = make([]);
    expect([none.env, none.ports]).toEqual([{}, []]);
    expect(Object.keys(egress.env).sort()).toEqual([
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'NO_PROXY',
      'http_proxy',
      'https_proxy',
      'no_proxy',
    ]);
  });

  test('OUT-2 carries bytes both ways to what is listed, and each half ends by itself', async () => {
    const { side, heard, over } = program(`${CONNECT('EXAMPLE.com.:443')}early `);
    await until(() => heard() === `${OK}EARLY `);
    side.write('and late');
    await until(() => heard() === `${OK}EARLY AND LATE`);
    side.end();
    await until(over);
    expect(heard()).toBe(`${OK}EARLY AND LATEBYE`);
    expect(internet.open).toBe(0);
  });

  test.each([
    ['example.com:80', 'not-listed'],
    ['example.org:443', 'not-listed'],
    ['example.com.evil.org:443', 'not-listed'],
    [`${PUBLIC_TOO}:443`, 'not-listed'],
    ['127.0.0.1:8310', 'forbidden-address'],
    ['169.254.169.254:80', 'forbidden-address'],
    ['169.254.170.2:80', 'forbidden-address'],
    ['[fd00:ec2::254]:80', 'forbidden-address'],
    ['[::ffff:127.0.0.1]:80', 'forbidden-address'],
  ])('OUT-2 OUT-3 %s is refused as %s, and nobody is asked for it', async (authority, outcome) => {
    const answer = await answerTo(CONNECT(authority));
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toMatch(/\n.*[ぁ-ん].*。\n.*[a-z]\.\n$/);
    expect([internet.asked, internet.reached]).toEqual([[], []]);
    expect(shown()).toMatchObject([{ outcome, bytesOut: 0, bytesIn: 0 }]);
    expect(logged()).toMatchObject([{ seat: 's1', outcome }]);
  });

  test.each([
    'CONNECT 2130706433:80 HTTP/1.1\r\n\r\n',
    'CONNECT 127.1:80 HTTP/1.1\r\n\r\n',
    'CONNECT example.com HTTP/1.1\r\n\r\n',
    'connect example.com:443 HTTP/1.1\r\n\r\n',
    'CONNECT example.com:443 HTTP/2.0\r\n\r\n',
    'CONNECT  example.com:443 HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    '\x16\x03\x01\x02\r\n\r\n',
    '\r\n\r\n',
  ])('OUT-4 %j cannot be read', async (request) => {
    expect(await answerTo(request)).toMatch(/^HTTP\/1\.1 400 /);
    expect(shown()).toMatchObject([{ outcome: 'bad-request' }]);
    expect(internet.reached).toEqual([]);
  });

  test('OUT-4 plain http is told in words that it does not leave, also to what is listed', async () => {
    const answer = await answerTo(
      'GET http://example.com:443/secret?q HTTP/1.1\r\nHost: example.com\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 .*http/);
    expect(answer).toContain('https://');
    expect(shown()).toMatchObject([{ host: 'example.com', port: 443, outcome: 'bad-request' }]);
    expect(lines.join('')).not.toContain('secret');
  });

  test('OUT-3 a name is looked up once, and the address that was looked at is the one that is reached', async () => {
    internet.names.set('rebound.example', [[PUBLIC], ['127.0.0.1']]);
    const { side, heard, over } = program(`${CONNECT('rebound.example:443')}hello`);
    await until(() => heard() === `${OK}HELLO`);
    expect([internet.asked, internet.reached]).toEqual([['rebound.example'], [`${PUBLIC}:443`]]);
    side.end();
    await until(over);
    expect(await answerTo(CONNECT('rebound.example:443'))).toMatch(/^HTTP\/1\.1 403 /);
    expect(internet.reached).toEqual([`${PUBLIC}:443`]);
    expect(shown().map(({ outcome }) => outcome)).toEqual(['forbidden-address', 'closed']);
  });

  test.each([['127.0.0.1'], ['10.1.2.3'], ['fe80::1'], ['::ffff:10.0.0.1'], ['64:ff9b::a00:1']])(
    'OUT-3 one address such as %s among public ones is enough to refuse a name',
    async (address) => {
      for (const answers of [[PUBLIC, address], [address, PUBLIC], [address]]) {
        internet.names.set('half.example', [answers]);
        expect(await answerTo(CONNECT('half.example:443'))).toMatch(/^HTTP\/1\.1 403 /);
      }
      expect(internet.reached).toEqual([]);
    },
  );

  test('OUT-3 this host itself is not reached by its public address', async () => {
    internet.ownAddresses = [PUBLIC];
    expect(await answerTo(CONNECT('example.com:443'))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await answerTo(CONNECT(`${PUBLIC}:443`))).toMatch(/^HTTP\/1\.1 403 /);
    expect(internet.reached).toEqual([]);
  });

  test('OUT-5 who has no address, and who does not answer, is unreachable within its time', async () => {
    expect(await answerTo(CONNECT('gone.example:443'))).toMatch(/^HTTP\/1\.1 502 /);
    internet.names.set('gone.example', [[PUBLIC_TOO]]);
    const { heard, over } = program(CONNECT('gone.example:443'));
    await until(() => internet.reached.length === 1);
    clock.advance(10_000);
    await until(() => heard().startsWith('HTTP/1.1 502 '));
    clock.advance(2_000);
    await until(over);
    expect(shown().map(({ outcome }) => outcome)).toEqual(['unreachable', 'unreachable']);
  });

  test('OUT-5 whoever leaves before somebody answers is refused nothing', async () => {
    internet.names.set('gone.example', [[PUBLIC_TOO]]);
    const { leave } = program(CONNECT('gone.example:443'));
    await until(() => internet.reached.length === 1);
    leave();
    await until(() => lines.length === 1);
    expect(logged()).toMatchObject([{ host: 'gone.example', outcome: 'closed', bytesOut: 0 }]);
    expect(said).toEqual([]);
  });

  test('OUT-5 the next address is tried when one refuses', async () => {
    internet.names.set('gone.example', [['93.184.215.99', PUBLIC]]);
    const connect = internet.connect.bind(internet);
    internet.connect = (address, port, signal) =>
      address === PUBLIC ? connect(address, port, signal) : Promise.reject(new Error('refused'));
    const { heard } = program(`${CONNECT('gone.example:443')}next`);
    await until(() => heard() === `${OK}NEXT`);
  });

  test('OUT-6 a head that trickles in is cut off in its time, and one that does not end at its size', async () => {
    const slow = program('CONNECT example');
    for (let second = 0; second < 9; second += 1) {
      clock.advance(1_000);
      slow.side.write('x');
      expect(slow.heard()).toBe('');
    }
    clock.advance(1_000);
    await until(() => slow.heard().startsWith('HTTP/1.1 400 '));
    clock.advance(2_000);
    await until(slow.over);

    const huge = program(`CONNECT example.com:443 HTTP/1.1\r\nX: ${'x'.repeat(HEAD_BYTES)}`);
    await until(() => huge.heard().startsWith('HTTP/1.1 400 '));
    expect(internet.reached).toEqual([]);
  });

  test('OUT-6 a flood finds a bounded number of places, and costs one line of the log', async () => {
    const held = Array.from({ length: CONNECTIONS_AT_ONCE }, () => program(CONNECT('example.com:443')));
    await until(() => held.every(({ heard }) => heard() === OK));
    const beyond = Array.from({ length: 500 }, () => program(CONNECT('example.com:443')));
    await until(() => beyond.every(({ heard }) => heard().startsWith('HTTP/1.1 503 ')));
    await until(() => internet.open === CONNECTIONS_AT_ONCE);
    held[0]?.side.end();
    await until(() => held[0]?.over() === true);
    const next = program(CONNECT('example.com:443'));
    await until(() => next.heard() === OK);
    clock.advance(60_000);
    expect(shown().filter(({ outcome }) => outcome === 'too-many')).toHaveLength(1);
    egress[Symbol.dispose]();
    expect(logged().filter(({ turnedAway }) => turnedAway)).toMatchObject([{ turnedAway: 500 }]);
  });

  test('OUT-6 a minute has an end to its connections, and the next one begins anew', async () => {
    for (let n = 0; n < CONNECTIONS_PER_MINUTE; n += 1) {
      expect(await answerTo('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(await answerTo('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 503 /);
    clock.advance(60_000);
    expect(await answerTo('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('OUT-6 a tunnel in which nothing moves is closed, one in which something does is not', async () => {
    const { side, heard, over } = program(CONNECT('example.com:443'));
    await until(() => heard() === OK);
    clock.advance(119_000);
    side.write('a');
    await until(() => heard() === `${OK}A`);
    clock.advance(119_000);
    expect(over()).toBe(false);
    clock.advance(1_000);
    await until(over);
    await until(() => internet.open === 0);
  });

  test('OUT-6 bytes go no faster than a seat may, all its connections together', async () => {
    const big = 'x'.repeat(3 * 1024 * 1024);
    const two = [program(CONNECT('example.com:443')), program(CONNECT('example.com:443'))];
    await until(() => two.every(({ heard }) => heard() === OK));
    for (const { side } of two) side.write(big);
    const got = (): number => two.reduce((sum, { heard }) => sum + heard().length - OK.length, 0);
    let seconds = 0;
    while (got() < 2 * big.length) {
      const before = got();
      await new Promise((resolve) => setImmediate(resolve));
      if (got() > before) continue;
      clock.advance(10);
      seconds += 0.01;
    }
    expect(seconds).toBeGreaterThan(1.3);
  });

  test('OUT-7 each connection is told with its outcome and bytes, newest first, and the last twenty stay', async () => {
    const { side, heard, over } = program(`${CONNECT('example.com:443')}12345`);
    await until(() => heard() === `${OK}12345`);
    clock.advance(1_000);
    const at = clock.now();
    expect(view.allowed).toEqual(LISTED);
    expect(shown()).toMatchObject([
      { host: 'example.com', port: 443, outcome: 'open', bytesOut: 5, bytesIn: 5 },
    ]);
    side.end();
    await until(over);
    await until(() => lines.length === 1);
    clock.advance(1_000);
    expect(shown()).toMatchObject([{ outcome: 'closed', bytesOut: 5, bytesIn: 8 }]);
    expect(logged()).toMatchObject([
      { seat: 's1', host: 'example.com', port: 443, outcome: 'closed', bytesOut: 5, bytesIn: 8 },
    ]);
    for (let n = 0; n < 25; n += 1) await answerTo(CONNECT(`n${n}.example:443`));
    expect(shown()).toHaveLength(20);
    expect(shown()[0]?.host).toBe('n24.example');
    expect(shown()[0]?.at).toBeGreaterThanOrEqual(at);
  });

  test('OUT-9 a refusal is said in the terminals, in both languages, every ten seconds at most', async () => {
    await answerTo(CONNECT('example.org:443'));
    await answerTo(CONNECT('10.0.0.1:443'));
    expect(said).toEqual([
      '土壌: example.org:443 は、このラボから出られる先にありません。 / Dojou: this lab does not list example.org:443.',
    ]);
    clock.advance(10_000);
    await answerTo(CONNECT('10.0.0.1:443'));
    clock.advance(10_000);
    await answerTo(CONNECT('gone.example:443'));
    expect(said.slice(1)).toEqual([
      expect.stringContaining('10.0.0.1:443 is a private'),
      expect.stringContaining('gone.example:443 could not be reached'),
    ]);
    clock.advance(10_000);
    await answerTo('GET http://example.com/ HTTP/1.1\r\n\r\n');
    const { heard } = program(CONNECT('example.com:443'));
    await until(() => heard() === OK);
    expect(said).toHaveLength(3);
  });

  test('OUT-8 the end of a seat ends what is open, on both sides', async () => {
    const { heard, over } = program(CONNECT('example.com:443'));
    const waiting = program('CONNECT exam');
    await until(() => heard() === OK);
    egress[Symbol.dispose]();
    await until(() => over() && waiting.over() && internet.open === 0);
    const late = program(CONNECT('example.com:443'));
    await until(late.over);
    expect(late.heard()).toBe('');
  });
});
