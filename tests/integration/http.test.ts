import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../server/lib/log.ts';
import type { Browser } from '../support/browser.ts';
import { NOW, startHttp, type TestServer } from '../support/http-server.ts';
import { openRoom } from '../support/stored-rooms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startHttp();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const error = (code: string, values = {}) => ({ error: { code, values } });
const secretOf = (url: string) => new URL(url).hash.slice(1);

async function named(name: string): Promise<{ browser: Browser; id: string }> {
  const browser = server.browser();
  const { json } = await browser.send('POST', '/api/session', { name });
  return { browser, id: idOf(json) };
}

function idOf(me: unknown): string {
  expect(me).toMatchObject({ person: { id: expect.stringMatching(/^[a-z2-7]{16}$/) } });
  return (me as { person: { id: string } }).person.id;
}

async function owner(): Promise<Browser> {
  const browser = server.browser();
  const secret = secretOf(await server.ownerLink());
  await browser.send('POST', '/api/join', { secret, name: '持ち主' });
  return browser;
}

describe('who asks', () => {
  test('HTTP-1 a name alone makes a guest, and the cookie keeps them', async () => {
    const browser = server.browser();
    expect((await browser.get('/api/me')).json).toMatchObject({ person: null });
    const made = await browser.send('POST', '/api/session', { name: '  さくら\u202E ' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      person: { name: 'さくら', role: 'guest' },
      host: { version: '9.9.9' },
    });
    const cookie = made.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^__Host-dojou=[\w-]{43};/);
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/', 'Max-Age=7776000']) {
      expect(cookie).toContain(part);
    }
    expect((await browser.get('/api/me')).json).toMatchObject({ person: { name: 'さくら' } });
  });

  test('HTTP-1 a second name in the same browser renames, and makes nobody new', async () => {
    const { browser, id } = await named('一');
    expect(idOf((await browser.send('POST', '/api/session', { name: '二' })).json)).toBe(id);
    expect((await browser.send('PATCH', '/api/me', { name: '三' })).json).toMatchObject({
      person: { id, name: '三' },
    });
  });

  test('HTTP-1 names of no character or of 25 are refused', async () => {
    const browser = server.browser();
    for (const name of ['', ' \u200B ', 'あ'.repeat(25)]) {
      const answer = await browser.send('POST', '/api/session', { name });
      expect([answer.status, answer.json]).toEqual([400, error('bad-name')]);
    }
    expect(browser.cookie).toBeNull();
  });

  test('HTTP-2 signing out ends the session on the server too', async () => {
    const { browser } = await named('去る人');
    const { cookie } = browser;
    expect((await browser.send('DELETE', '/api/session')).status).toBe(204);
    browser.cookie = cookie;
    expect((await browser.get('/api/me')).json).toMatchObject({ person: null });
  });

  test('HTTP-3 over plain http on a LAN the cookie does without __Host- and Secure', async () => {
    await using lan = await startHttp({ origin: 'http://192.168.1.20:8310' });
    const answer = await lan.browser().send('POST', '/api/session', { name: '会議室' });
    const cookie = answer.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/^dojou=/);
    expect(cookie).not.toContain('Secure');
    expect(answer.headers['strict-transport-security']).toBeUndefined();
  });

  test('HTTP-4 without a name, what needs one answers 401; a guest is not the team', async () => {
    const stranger = server.browser();
    for (const [method, path, body] of [
      ['GET', '/api/rooms', undefined],
      ['POST', '/api/labs/see-whats-running/start', { fresh: false }],
      ['GET', '/api/links', undefined],
      ['PUT', '/api/map/focus', { text: 'x', chore: null, reviewOn: '2026-12-01' }],
    ] as const) {
      const answer = await stranger.send(method, path, body);
      expect([path, answer.status, answer.json]).toEqual([path, 401, error('name-needed')]);
    }
    const { browser } = await named('客');
    const answer = await browser.send('POST', '/api/map/chores', { name: '引っ越し' });
    expect([answer.status, answer.json]).toEqual([403, error('forbidden')]);
  });
});

describe('links', () => {
  test('LINK-1 the owner link asks for a name first, and makes one owner, once', async () => {
    const url = await server.ownerLink();
    expect(new URL(url).search).toBe('');
    const secret = secretOf(url);
    const browser = server.browser();
    expect((await browser.send('POST', '/api/join', { secret })).json).toEqual({
      needsName: true,
      kind: 'owner',
    });
    const tooLong = await browser.send('POST', '/api/join', { secret, name: 'あ'.repeat(30) });
    expect(tooLong.json).toEqual(error('bad-name'));
    const joined = await browser.send('POST', '/api/join', { secret, name: '持ち主' });
    expect(joined.json).toEqual({ needsName: false, kind: 'owner', to: { page: 'home' } });
    expect((await browser.get('/api/me')).json).toMatchObject({ person: { name: '持ち主', role: 'owner' } });
    const again = await server.browser().send('POST', '/api/join', { secret, name: '別人' });
    expect([again.status, again.json]).toEqual([410, error('link-spent')]);
  });

  test('LINK-1 of many who spend the owner link in the same moment, one becomes owner', async () => {
    const secret = secretOf(await server.ownerLink());
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        server.browser().send('POST', '/api/join', { secret, name: `人${n}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('LINK-2 somebody who has a session already is promoted, not doubled', async () => {
    const { browser, id } = await named('前からいる人');
    const secret = secretOf(await server.ownerLink());
    await browser.send('POST', '/api/join', { secret });
    expect((await browser.get('/api/me')).json).toMatchObject({ person: { id, role: 'owner' } });
  });

  test('LINK-3 an owner link lives 15 minutes', async () => {
    const secret = secretOf(await server.ownerLink());
    server.clock.advance(15 * 60_000);
    const answer = await server.browser().send('POST', '/api/join', { secret, name: '遅い人' });
    expect([answer.status, answer.json]).toEqual([410, error('link-spent')]);
  });

  test('LINK-4 a team link makes members, is shown again whole, and ends when revoked', async () => {
    const boss = await owner();
    const made = await boss.send('POST', '/api/links', { kind: 'team' });
    expect(made.status).toBe(201);
    const { id, url } = made.json as { id: string; url: string };
    expect(url.startsWith(`${server.origin}/join/#`)).toBe(true);
    const mate = server.browser();
    await mate.send('POST', '/api/join', { secret: secretOf(url), name: '同僚' });
    expect((await mate.get('/api/me')).json).toMatchObject({ person: { role: 'member' } });
    expect((await boss.get('/api/links')).json).toContainEqual(
      expect.objectContaining({ id, url, uses: 1, code: null, qr: null }),
    );
    expect((await mate.send('DELETE', `/api/links/${id}`)).status).toBe(403);
    expect((await boss.send('DELETE', `/api/links/${id}`)).status).toBe(204);
    const late = await server.browser().send('POST', '/api/join', { secret: secretOf(url), name: '次' });
    expect(late.json).toEqual(error('link-spent'));
    expect((await mate.send('POST', '/api/links', { kind: 'team' })).status).toBe(403);
  });

  test('LINK-5 a room link lets in by secret or by code as it is typed, and says who may take part', async () => {
    const { browser: host, id } = await named('進行役');
    const room = await openRoom(server.store, id);
    const made = await host.send('POST', '/api/links', { kind: 'room-watch', room });
    const { url, code } = made.json as { url: string; code: string };
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{6}$/);

    const watcher = server.browser();
    const spoken = `${code.slice(0, 3).toLowerCase()} - ${code.slice(3)}`;
    const joined = await watcher.send('POST', '/api/join', { code: spoken, name: '見る人' });
    expect(joined.json).toEqual({ needsName: false, kind: 'room-watch', to: { page: 'room', room } });
    const watching = idOf((await watcher.get('/api/me')).json);
    expect(await server.store.rooms.access(room, watching)).toMatchObject({ mayTakePart: false });

    const bySecret = await server
      .browser()
      .send('POST', '/api/join', { secret: secretOf(url), name: '二人目' });
    expect(bySecret.status).toBe(200);
    const unknown = await watcher.send('POST', '/api/join', { code: '222222' });
    expect([unknown.status, unknown.json]).toEqual([404, error('code-unknown')]);
  });

  test('LINK-6 revoking takes the right away at once and tells who lost it', async () => {
    const { browser: host, id } = await named('進行役');
    const room = await openRoom(server.store, id);
    const made = await host.send('POST', '/api/links', { kind: 'room-take-part', room });
    const { id: link, url } = made.json as { id: string; url: string };
    const guest = server.browser();
    await guest.send('POST', '/api/join', { secret: secretOf(url), name: '来た人' });
    const person = idOf((await guest.get('/api/me')).json);
    expect((await guest.send('POST', `/api/rooms/${room}/ticket`)).status).toBe(200);

    const lost: unknown[] = [];
    const stop = server.links.onRevoked((accesses) => lost.push(...accesses));
    expect((await host.send('DELETE', `/api/links/${link}`)).status).toBe(204);
    stop();
    expect(lost).toEqual([{ room, person, mayTakePart: true, link }]);
    expect((await guest.send('POST', `/api/rooms/${room}/ticket`)).json).toEqual(error('forbidden'));
    expect((await host.send('POST', `/api/rooms/${room}/ticket`)).status).toBe(200);
  });

  test('LINK-7 only the facilitator makes and sees links of a room', async () => {
    const { browser: host, id } = await named('進行役');
    const { browser: other } = await named('ほかの人');
    const room = await openRoom(server.store, id);
    expect((await other.send('POST', '/api/links', { kind: 'room-watch', room })).status).toBe(403);
    await host.send('POST', '/api/links', { kind: 'room-watch', room });
    expect((await other.get('/api/links')).json).toEqual([]);
    expect((await host.get('/api/links')).json).toHaveLength(1);
    const nowhere = await host.send('POST', '/api/links', { kind: 'room-watch', room: 'a'.repeat(16) });
    expect(nowhere.json).toEqual(error('not-found'));
    expect((await host.send('POST', '/api/links', { kind: 'room-watch' })).json).toEqual(
      error('bad-request'),
    );
  });

  test('LINK-8 a GET spends nothing, and no secret travels in an address', async () => {
    const secret = secretOf(await server.ownerLink());
    const browser = server.browser();
    expect((await browser.get('/join/')).status).toBe(200);
    expect((await browser.get(`/api/join?secret=${secret}`)).status).toBe(404);
    expect((await browser.send('POST', `/api/join?secret=${secret}`, { name: 'x' })).status).toBe(400);
    expect((await browser.send('POST', '/api/join', { secret, name: '持ち主' })).status).toBe(200);
  });

  test('LINK-9 a QR code is drawn where other machines can reach the address', async () => {
    await using lan = await startHttp({ origin: 'http://192.168.1.20:8310', facts: { loopbackOnly: false } });
    const browser = lan.browser();
    await browser.send('POST', '/api/join', { secret: secretOf(await lan.ownerLink()), name: '持ち主' });
    const made = await browser.send('POST', '/api/links', { kind: 'team' });
    expect((made.json as { qr: string }).qr).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  });
});

describe('rooms', () => {
  test('HTTP-5 a lab is started, resumed, and started afresh; the room is shown by the page of its lab', async () => {
    const { browser } = await named('学ぶ人');
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
    const { id } = await named('学ぶ人');
    const room = await openRoom(server.store, id);
    const { browser } = await named('通りがかり');
    expect((await browser.get(`/api/rooms/${room}`)).json).toEqual(error('forbidden'));
    expect((await browser.send('POST', `/api/rooms/${room}/ticket`)).json).toEqual(error('forbidden'));
    const nowhere = await browser.send('POST', `/api/rooms/${'a'.repeat(16)}/ticket`);
    expect(nowhere.json).toEqual(error('not-found'));
  });

  test('LINK-10 a ticket is good once, for its person and room', async () => {
    const { browser, id } = await named('学ぶ人');
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
    const boss = fresh.browser();
    await boss.send('POST', '/api/join', { secret: secretOf(await fresh.ownerLink()), name: '持ち主' });
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
    const rates = { names: 2, joins: 9, codes: 3, codesOverall: 9, tickets: 9, starts: 9 };
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
