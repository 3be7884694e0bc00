import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJoin } from '../../server/people/join.ts';
import { ownerLink } from '../../server/people/links.ts';
import { createPeople } from '../../server/people/people.ts';
import type { RoomStore } from '../../server/store/store.ts';
import { startHttp, type TestServer } from '../support/http-server.ts';
import { openRoom } from '../support/stored-rooms.ts';
import { error, idOf, named, owner, secretOf } from '../support/visitors.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startHttp();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

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
    const { browser, id } = await named(server, '一');
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
    const { browser } = await named(server, '去る人');
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
    const { browser } = await named(server, '客');
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

  test('LINK-1 an owner link that a command prints beside the server is as good', async () => {
    const { store, clock, origin: url } = server;
    const browser = server.browser();
    const secret = secretOf(await ownerLink({ store, clock, url }));
    const joined = await browser.send('POST', '/api/join', { secret, name: '持ち主' });
    expect(joined.json).toMatchObject({ kind: 'owner', to: { page: 'home' } });
  });

  test('LINK-2 somebody who has a session already is promoted, not doubled', async () => {
    const { browser, id } = await named(server, '前からいる人');
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
    const boss = await owner(server);
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
    const { browser: host, id } = await named(server, '進行役');
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
    const { browser: host, id } = await named(server, '進行役');
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

  test('LINK-6 whose link is revoked while they join is refused, as by a link that is gone', async () => {
    const { store, clock, links } = server;
    const { browser: host, id } = await named(server, '進行役');
    const room = await openRoom(store, id);
    const made = await host.send('POST', '/api/links', { kind: 'room-take-part', room });
    const { id: link, url } = made.json as { id: string; url: string };
    const revokedFirst: RoomStore['grant'] = async (access) => {
      expect((await host.send('DELETE', `/api/links/${link}`)).status).toBe(204);
      return store.rooms.grant(access);
    };
    const join = createJoin({
      store: { links: store.links, rooms: { ...store.rooms, grant: revokedFirst } },
      people: createPeople({ store, clock }),
      links,
    });
    const joined = await join({ by: { secret: secretOf(url) }, name: '間に合わない人', person: null });
    expect(joined).toEqual({ refused: { code: 'link-spent', values: {} } });
  });

  test('LINK-6 who came by another link as well keeps that, and is not sent away', async () => {
    const { browser: host, id } = await named(server, '進行役');
    const room = await openRoom(server.store, id);
    const make = async (kind: string) =>
      (await host.send('POST', '/api/links', { kind, room })).json as { id: string; url: string };
    const [watch, takePart] = [await make('room-watch'), await make('room-take-part')];
    const guest = server.browser();
    await guest.send('POST', '/api/join', { secret: secretOf(watch.url), name: '二度来た人' });
    await guest.send('POST', '/api/join', { secret: secretOf(takePart.url) });
    const person = idOf((await guest.get('/api/me')).json);

    const lost: unknown[] = [];
    const stop = server.links.onRevoked((accesses) => lost.push(...accesses));
    await host.send('DELETE', `/api/links/${watch.id}`);
    expect(lost).toEqual([]);
    expect(await server.store.rooms.access(room, person)).toMatchObject({ mayTakePart: true });
    await host.send('DELETE', `/api/links/${takePart.id}`);
    stop();
    expect(lost).toEqual([{ room, person, mayTakePart: true, link: takePart.id }]);
  });

  test('LINK-6 a revoked team link leaves members as they are', async () => {
    const boss = await owner(server);
    const made = (await boss.send('POST', '/api/links', { kind: 'team' })).json as {
      id: string;
      url: string;
    };
    const mate = server.browser();
    await mate.send('POST', '/api/join', { secret: secretOf(made.url), name: '同僚' });
    expect((await boss.send('DELETE', `/api/links/${made.id}`)).status).toBe(204);
    expect((await mate.get('/api/me')).json).toMatchObject({ person: { role: 'member' } });
  });

  test('LINK-14 who came by a link that has expired since is still seen, and can be sent away', async () => {
    const { browser: host, id } = await named(server, '進行役');
    const room = await openRoom(server.store, id);
    const make = async () =>
      (await host.send('POST', '/api/links', { kind: 'room-watch', room })).json as {
        id: string;
        url: string;
      };
    const [used, unused] = [await make(), await make()];
    const guest = server.browser();
    await guest.send('POST', '/api/join', { secret: secretOf(used.url), name: '来た人' });
    server.clock.advance(7 * 24 * 60 * 60_000);
    const listed = (await host.get('/api/links')).json;
    expect(listed).toEqual([expect.objectContaining({ id: used.id, uses: 1 })]);
    expect(listed).not.toContainEqual(expect.objectContaining({ id: unused.id }));
    expect((await guest.send('POST', `/api/rooms/${room}/ticket`)).status).toBe(200);
    const late = await server.browser().send('POST', '/api/join', { secret: secretOf(used.url), name: '次' });
    expect(late.json).toEqual(error('link-spent'));
    expect((await host.send('DELETE', `/api/links/${used.id}`)).status).toBe(204);
    expect((await host.get('/api/links')).json).toEqual([]);
    expect((await guest.send('POST', `/api/rooms/${room}/ticket`)).json).toEqual(error('forbidden'));
  });

  test('LINK-7 the owner sees and revokes every link, and makes none for rooms of others', async () => {
    const boss = await owner(server);
    const { browser: host, id } = await named(server, '進行役');
    const room = await openRoom(server.store, id);
    const { json } = await host.send('POST', '/api/links', { kind: 'room-watch', room });
    const { id: link } = json as { id: string };
    expect((await boss.get('/api/links')).json).toContainEqual(expect.objectContaining({ id: link, room }));
    expect((await boss.send('POST', '/api/links', { kind: 'room-watch', room })).status).toBe(403);
    expect((await boss.send('DELETE', `/api/links/${link}`)).status).toBe(204);
    expect((await host.get('/api/links')).json).toEqual([]);
  });

  test('LINK-7 only the facilitator makes and sees links of a room', async () => {
    const { browser: host, id } = await named(server, '進行役');
    const { browser: other } = await named(server, 'ほかの人');
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
    await using lan = await startHttp({ origin: 'http://192.168.1.20:8310', about: { loopbackOnly: false } });
    const browser = lan.browser();
    await browser.send('POST', '/api/join', { secret: secretOf(await lan.ownerLink()), name: '持ち主' });
    const made = await browser.send('POST', '/api/links', { kind: 'team' });
    expect((made.json as { qr: string }).qr).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  });
});
