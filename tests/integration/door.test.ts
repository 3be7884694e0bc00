import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CLIENT_FRAME_BYTES, MESSAGES_PER_SECOND, SOCKETS_PER_PERSON } from '#protocol/limits.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL, TICKET_PREFIX } from '#protocol/messages.ts';
import { Person } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let person: Person;
let room: string;

beforeAll(async () => {
  server = await TestServer.start();
  person = await Person.named(server.origin, '門番');
  room = await person.start('see-whats-running');
});
afterAll(() => server[Symbol.asyncDispose]());

interface Knock {
  readonly origin?: string | null;
  readonly host?: string;
  readonly protocols?: readonly string[];
  readonly path?: string;
}

/** Opens a socket as told; resolves with the HTTP status of a refusal, or with the open socket. */
async function knock({
  origin = server.origin,
  host,
  protocols,
  path = '/ws',
}: Knock): Promise<number | WebSocket> {
  const list = protocols ?? [SUBPROTOCOL, TICKET_PREFIX + (await person.ticket(room))];
  const socket = new WebSocket(server.origin.replace('http', 'ws') + path, [...list], {
    headers: { ...(host === undefined ? {} : { host }) },
    ...(origin === null ? {} : { origin }),
  });
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
}

/** Opens a socket as this person, and says nothing. */
async function knockAs(who: Person): Promise<WebSocket> {
  const socket = await knock({ protocols: [SUBPROTOCOL, TICKET_PREFIX + (await who.ticket(room))] });
  if (!(socket instanceof WebSocket)) throw new Error(`refused: ${socket}`);
  return socket;
}

describe('who is let in', () => {
  it.each<[string, Knock, number]>([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['the same host on another port', { origin: 'http://localhost:1' }, 403],
    ['no origin', { origin: null }, 403],
    ['the null origin of a file', { origin: 'null' }, 403],
    ['a name that was rebound to this address', { host: 'evil.example' }, 403],
    ['no ticket', { protocols: [SUBPROTOCOL] }, 403],
    ['an invented ticket', { protocols: [SUBPROTOCOL, `${TICKET_PREFIX}${'A'.repeat(43)}`] }, 403],
    ['another path', { path: '/other' }, 404],
    ['a ticket in the address', { path: '/ws?ticket=x' }, 404],
    ['no address at all', { path: '//' }, 404],
  ])('WS-1 not %s', async (_, how, status) => {
    expect(await knock(how)).toBe(status);
  });

  it('WS-2 a ticket is good once', async () => {
    const protocols = [SUBPROTOCOL, TICKET_PREFIX + (await person.ticket(room))];
    const first = await knock({ protocols });
    expect(first).toBeInstanceOf(WebSocket);
    expect(await knock({ protocols })).toBe(403);
    if (first instanceof WebSocket) first.terminate();
  });

  it('WS-2 nobody gets a ticket for a room that is not theirs', async () => {
    const stranger = await Person.named(server.origin, 'よその人');
    expect((await stranger.fetch('POST', `/api/rooms/${room}/ticket`)).status).toBe(403);
  });
});

describe('a right that is taken away', () => {
  it('WS-6 counts at once, for a socket that is open and for one that has not said hello', async () => {
    const link = await person.link({ kind: 'room-take-part', room });
    const guest = new Person(server.origin);
    await guest.join(link.url, '招かれた人');
    const inside = await guest.enter(room);
    const knocking = await knockAs(guest);
    const owner = await person.enter(room);
    await inside.do({ type: 'request' });
    await owner.do({ type: 'give', to: inside.you, note: null });
    expect((await person.fetch('DELETE', `/api/links/${link.id}`)).status).toBe(204);
    inside.type('touch after-the-end\r');
    await until(() => inside.closed !== null);
    expect(inside.closed?.bye).toBe('revoked');
    const closed = new Promise<number>((resolve) => knocking.on('close', resolve));
    knocking.send(
      JSON.stringify({ t: 'hello', v: PROTOCOL_VERSION, lang: 'ja', tab: 'late', resume: {}, at: 0 }),
    );
    expect(await closed).toBe(4403);
    expect(await owner.do({ type: 'take' })).toBeNull();
    expect(await owner.run('ls after-the-end')).toContain('No such file');
    await owner.close();
  });
});

describe('what a connection may cost', () => {
  const closing = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve));

  it('WS-3 who does not say hello in time is gone, whatever else it sends', async () => {
    const socket = await knock({});
    if (!(socket instanceof WebSocket)) throw new Error('refused');
    expect(await closing(socket)).toBe(4410);
  });

  it.each([
    ['something else first', '{"t":"beat"}', 4400],
    ['no JSON', 'hello', 4400],
    ['a frame larger than a client may send', `"${'x'.repeat(CLIENT_FRAME_BYTES)}"`, 1009],
    ['binary', randomBytes(32), 4400],
    ['the hello of another version', '{"t":"hello","v":99,"lang":"ja","tab":"t","resume":{}}', 4426],
  ])('WS-3 %s ends it', async (_, first, code) => {
    const socket = await knock({});
    if (!(socket instanceof WebSocket)) throw new Error('refused');
    const closed = closing(socket);
    socket.send(first);
    expect(await closed).toBe(code);
  });

  it('WS-4 a person has at most twelve sockets, however many knock at once', async () => {
    const many = await Person.named(server.origin, '窓を開きすぎる人');
    const own = await many.start('see-whats-running');
    const tickets = await Promise.all(Array.from({ length: 20 }, () => many.ticket(own)));
    const answers = await Promise.all(
      tickets.map((ticket) => knock({ protocols: [SUBPROTOCOL, TICKET_PREFIX + ticket] })),
    );
    const open = answers.filter((answer) => answer instanceof WebSocket);
    expect(open).toHaveLength(SOCKETS_PER_PERSON);
    expect(answers.filter((answer) => answer === 429)).toHaveLength(20 - SOCKETS_PER_PERSON);
    for (const socket of open) socket.terminate();
  });

  it('WS-4 a flood of messages ends its sender’s connection, and nobody else’s', async () => {
    const calm = await person.enter(room);
    const wild = await person.enter(room);
    for (let i = 0; i <= 2 * MESSAGES_PER_SECOND; i += 1) wild.send({ t: 'beat' });
    await until(() => wild.closed !== null);
    expect(wild.closed?.bye).toBe('too-many');
    expect(await calm.run('echo まだいます')).toContain('まだいます');
    await calm.close();
  });
});
