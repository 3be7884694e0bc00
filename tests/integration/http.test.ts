import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../server/lib/log.ts';
import { NOW, startHttp, type TestServer } from '../support/http-server.ts';
import { openRoom } from '../support/stored-rooms.ts';
import { error, named, owner, secretOf } from '../support/visitors.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startHttp();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('rooms', () => {
  test('HTTP-5 a lab is started, resumed, and started afresh; the room is shown by the page of its lab', async () => {
    const { browser } = await named(server, '学ぶ人');
    const start = (fresh: boolean) =>
      browser.send('POST', '/api/labs/see-whats-running/start', { fresh }).then(({ json }) => json);
    const first = (await start(false)) as { room: string };
    expect(await start(false)).toEqual(first);
    expect(await start(true)).not.toEqual(first);
    expect((await browser.get('/api/rooms')).json).toHaveLength(2);
    expect((await browser.get(`/api/rooms/${first.room}`)).json).toMatchObject({ id: first.room });
    expect((await browser.get(`/rooms/${first.room}/`)).text).toContain('<title>lab</title>');
    expect((await browser.get(`/en/rooms/${first.room}/`)).text).toContain('lab in English');
    const missing = await browser.get(`/rooms/${'a'.repeat(16)}/`);
    expect([missing.status, missing.text]).toEqual([404, expect.stringContaining('ない')]);
    expect((await browser.send('POST', '/api/labs/no-such-lab/start', { fresh: false })).status).toBe(404);
  });

  test('HTTP-5 a stranger may not see a room or get a ticket for it', async () => {
    const { id } = await named(server, '学ぶ人');
    const room = await openRoom(server.store, id);
    const { browser } = await named(server, '通りがかり');
    expect((await browser.get(`/api/rooms/${room}`)).json).toEqual(error('forbidden'));
    expect((await browser.send('POST', `/api/rooms/${room}/ticket`)).json).toEqual(error('forbidden'));
    const nowhere = await browser.send('POST', `/api/rooms/${'a'.repeat(16)}/ticket`);
    expect(nowhere.json).toEqual(error('not-found'));
  });

  test('HTTP-5 a room is found again, whatever was touched since', async () => {
    const { browser, id } = await named(server, '学ぶ人');
    const room = await openRoom(server.store, id);
    const touchedAt = server.clock.now();
    for (let n = 0; n < 20; n++) {
      server.clock.advance(1);
      await openRoom(server.store, id);
    }
    const lately = (await browser.get('/api/rooms')).json as readonly { readonly id: string }[];
    expect(lately.map((one) => one.id)).not.toContain(room);
    expect((await browser.get(`/api/rooms/${room}`)).json).toMatchObject({ id: room, touchedAt });
  });

  test('LINK-10 a ticket is good once, for its person and room', async () => {
    const { browser, id } = await named(server, '学ぶ人');
    const room = await openRoom(server.store, id);
    const { json } = await browser.send('POST', `/api/rooms/${room}/ticket`);
    const { ticket } = json as { ticket: string };
    expect(server.tickets.redeem(ticket)).toEqual({ person: id, room });
    expect(server.tickets.redeem(ticket)).toBeNull();
  });
});

describe('the map', () => {
  test('MAP-1 the map is public, has seven rows, and keeps what the team says', async () => {
    await using fresh = await startHttp();
    const boss = await owner(fresh);
    const stranger = fresh.browser();
    expect((await stranger.get('/api/map')).json).toMatchObject({
      focus: null,
      chores: { length: 7, 0: { slug: 'manual-release', who: 'unsaid', added: false } },
    });
    await boss.send('PUT', '/api/map/chores/eol', { who: 'only-me', infra: 'needed' });
    const added = await boss.send('POST', '/api/map/chores', { name: '証明書の更新' });
    expect(added.status).toBe(201);
    const { slug } = (added.json as { chores: { slug: string }[] }).chores[7] ?? { slug: '' };
    const focus = { text: 'ログ調査を二人で', chore: slug, reviewOn: '2026-12-01' };
    await boss.send('PUT', '/api/map/focus', focus);
    const seen = await stranger.get('/api/map');
    expect(seen.json).toMatchObject({ focus: { ...focus, updatedAt: NOW, by: '持ち主' } });
    expect((seen.json as { chores: unknown[] }).chores[3]).toMatchObject({ who: 'only-me', infra: 'needed' });
    const gone = await boss.send('DELETE', `/api/map/chores/${slug}`);
    expect(gone.json).toMatchObject({ chores: { length: 7 }, focus: { chore: null } });
    expect((await boss.send('DELETE', '/api/map/chores/eol')).status).toBe(400);
    expect(
      (await boss.send('PUT', '/api/map/chores/nothing', { who: 'unsaid', infra: 'unsaid' })).status,
    ).toBe(404);
  });
});

describe('the door', () => {
  test('HTTP-6 health is told to anybody, by any name', async () => {
    const answer = await server.browser().get('/healthz', { host: 'anything.example' });
    expect([answer.status, answer.json]).toEqual([200, { status: 'ok', version: '9.9.9' }]);
  });

  test('HTTP-7 another loopback name is sent to the one origin; any other name gets nothing', async () => {
    const browser = server.browser();
    const { port } = new URL(server.origin);
    for (const host of [`127.0.0.1:${port}`, `[::1]:${port}`]) {
      const moved = await browser.get('/map/?a=1', { host });
      expect([moved.status, moved.headers.location]).toEqual([307, `${server.origin}/map/?a=1`]);
      expect((await browser.get('/api/me', { host })).status).toBe(421);
    }
    const away = await browser.get('//evil.example/x', { host: `127.0.0.1:${port}` });
    expect(away.headers.location).toBe(`${server.origin}/evil.example/x`);
    for (const host of ['evil.example', `localhost.evil.example:${port}`, 'localhost:1']) {
      const refused = await browser.get('/api/me', { host });
      expect([host, refused.status]).toEqual([host, 421]);
      expect(refused.text).toContain(server.origin);
    }
  });

  test('HTTP-8 a mutation from another page, from nowhere or from null is refused', async () => {
    for (const origin of ['https://evil.example', 'null', '', `${server.origin}1`]) {
      const answer = await server.browser().send('POST', '/api/session', { name: 'x' }, { origin });
      expect([origin, answer.status, answer.json]).toEqual([origin, 403, error('bad-origin')]);
    }
  });

  test('HTTP-9 every answer carries the policy; only terminal pages may have style elements', async () => {
    const browser = server.browser();
    const policy = async (path: string) => (await browser.get(path)).headers['content-security-policy'] ?? '';
    const home = await policy('/');
    for (const part of [
      "default-src 'self'",
      "script-src 'self';",
      "style-src 'self';",
      "img-src 'self' data:",
      `connect-src 'self' ws://${new URL(server.origin).host}`,
      "base-uri 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(home).toContain(part);
    }
    expect(await policy('/labs/see-whats-running/')).toContain("style-src 'self' 'unsafe-inline'");
    expect(await policy('/labs/')).not.toContain('unsafe-inline');
    expect(await policy('/no/such/page')).toContain("frame-ancestors 'none'");
    const api = await browser.get('/api/me');
    expect(api.headers['content-security-policy']).toContain("default-src 'none'");
    expect(api.headers['cache-control']).toBe('no-store');
    const refused = await browser.get('/', { host: 'evil.example' });
    for (const { headers } of [api, refused, await browser.get('/')]) {
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    }
  });

  test('HTTP-10 pages with people on them are not indexed; reading pages may be', async () => {
    const robots = async (path: string) => (await server.browser().get(path)).headers['x-robots-tag'];
    for (const path of ['/map/', '/join/', '/en/team/', '/rooms/x/', '/code/', '/api/me']) {
      expect([path, await robots(path)]).toEqual([path, 'noindex']);
    }
    for (const path of ['/', '/chapters/one/', '/mapping/']) {
      expect([path, await robots(path)]).toEqual([path, undefined]);
    }
  });

  test('HTTP-11 too many tries are refused with the time to wait', async () => {
    const rates = {
      names: 2,
      joins: 9,
      codes: 3,
      codesOverall: 9,
      tickets: 9,
      starts: 9,
      filesSeen: 9,
      filesChanged: 9,
    };
    await using small = await startHttp({ rates });
    const browser = small.browser();
    const codes = [];
    for (let n = 0; n < 4; n++) {
      codes.push((await browser.send('POST', '/api/join', { code: '222222' })).status);
    }
    expect(codes).toEqual([404, 404, 404, 429]);
    const bySecret = await browser.send('POST', '/api/join', { secret: 'x' });
    expect(bySecret.status).toBe(410);
    await small.browser().send('POST', '/api/session', { name: 'い' });
    await small.browser().send('POST', '/api/session', { name: 'ろ' });
    const third = await small.browser().send('POST', '/api/session', { name: 'は' });
    expect([third.status, third.json]).toEqual([429, error('too-many')]);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('HTTP-12 a body of another shape, of another kind or too long changes nothing', async () => {
    const browser = server.browser();
    const post = async (body: unknown, headers = {}) => {
      const { status, json } = await browser.send('POST', '/api/session', body, headers);
      return [status, json];
    };
    expect(await post({ nom: 'x' })).toEqual([400, error('bad-request')]);
    expect(await post('{"name":')).toEqual([400, error('bad-request')]);
    expect(await post('{"__proto__":{"name":"x"}}')).toEqual([400, error('bad-request')]);
    expect(await post('name=x', { 'content-type': 'text/plain' })).toEqual([400, error('bad-request')]);
    expect(await post({ name: 'x'.repeat(70_000) })).toEqual([413, error('too-large')]);
    expect(browser.cookie).toBeNull();
  });

  test('HTTP-12 neither a request without its end nor a silent connection holds up the end of the server', async () => {
    const closing = await startHttp();
    const { host, port } = new URL(closing.origin);
    const head = ['POST /api/session HTTP/1.1', `Host: ${host}`, `Origin: ${closing.origin}`];
    const rest = ['Content-Type: application/json', 'Content-Length: 99', 'Expect: 100-continue', '', ''];
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    const unfinished = connect(Number(port), '127.0.0.1');
    unfinished.write([...head, ...rest].join('\r\n'));
    // `100 Continue`: the server has read the head and waits for a body.
    await once(unfinished, 'data');
    const ends = [silent, unfinished].map((socket) => once(socket.resume(), 'close'));
    await closing[Symbol.asyncDispose]();
    await Promise.all(ends);
  });

  test('HTTP-13 nothing secret reaches the log', async () => {
    const lines = new PassThrough();
    const written: string[] = [];
    lines.on('data', (line) => written.push(String(line)));
    await using loud = await startHttp({ log: createLog('debug', lines) });
    const secret = secretOf(await loud.ownerLink());
    const browser = loud.browser();
    await browser.send('POST', '/api/join', { secret, name: '秘密の名前' });
    await browser.get(`/join/?stray=${secret}`);
    await browser.get(`/${secret}`);
    const log = written.join('');
    expect(log).toContain('/api/join');
    for (const hidden of [secret, browser.cookie?.split('=')[1] ?? '', '秘密の名前', 'stray']) {
      expect(log).not.toContain(hidden);
    }
  });
});

test('HTTP-17 a store that fails is said as such, and the server lives on', async () => {
  await using broken = await startHttp();
  const browser = broken.browser();
  await broken.store[Symbol.asyncDispose]();
  for (let n = 0; n < 2; n++) {
    const answer = await browser.send('POST', '/api/session', { name: 'x' });
    expect([answer.status, answer.json]).toEqual([503, error('store-failed')]);
  }
  expect((await browser.get('/')).status).toBe(200);
  expect((await browser.get('/healthz')).status).toBe(200);
});

describe('the site', () => {
  test('HTTP-14 text is sent compressed where the browser can read it', async () => {
    const browser = server.browser();
    const answer = await browser.get('/chapters/one/', { 'accept-encoding': 'br' });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.headers['content-type']).toContain('text/html');
    expect(Number(answer.headers['content-length'])).toBeLessThan(500);
    expect(answer.text).toContain('土を耕す');
    const plain = await browser.get('/chapters/one/', { 'accept-encoding': 'identity' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.text).toBe(answer.text);
  });

  test('HTTP-15 hashed files are kept for a year, pages are asked for again by ETag', async () => {
    const browser = server.browser();
    const asset = await browser.get('/_astro/app.D4f1.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    const page = await browser.get('/chapters/one/');
    expect(page.headers['cache-control']).toBe('no-cache');
    const etag = page.headers.etag ?? '';
    expect((await browser.get('/chapters/one/', { 'if-none-match': etag })).status).toBe(304);
  });

  test('HTTP-16 an unknown page says so in the language of its address; an unknown route in JSON', async () => {
    const browser = server.browser();
    const pages = [await browser.get('/nowhere/'), await browser.get('/en/nowhere/')];
    expect(pages.map(({ status }) => status)).toEqual([404, 404]);
    expect(pages.map(({ text }) => text)).toEqual([
      expect.stringContaining('ない'),
      expect.stringContaining('not here'),
    ]);
    const etag = pages[0]?.headers.etag ?? 'x';
    const again = await browser.get('/nowhere/', { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([404, expect.stringContaining('ない')]);
    expect((await browser.get('/api/nowhere')).json).toEqual(error('not-found'));
    expect((await browser.get('/../../package.json')).status).not.toBe(200);
    expect((await browser.get('/%2e%2e/data/dojou.db')).status).not.toBe(200);
  });
});
