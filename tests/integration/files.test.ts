import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FolderView, SavedAnswer } from '#protocol/files.ts';
import { attachment } from '../../server/http/routes/files.ts';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';
const NEW = { 'if-none-match': '*' };

describe('the files of a room over HTTP', () => {
  let server: TestServer;
  let driver: Person;
  let watcher: Person;
  let stranger: Person;
  let room: string;
  let tab: Tab;
  let watching: Tab;

  beforeAll(async () => {
    server = await TestServer.start();
    driver = await Person.named(server.origin, '操作する人');
    watcher = new Person(server.origin);
    stranger = await Person.named(server.origin, 'よその人');
    room = await driver.start(LAB);
    tab = await driver.enter(room);
    await tab.do({ type: 'make-mob' });
    const link = await driver.link({ kind: 'room-take-part', room });
    await watcher.join(link.url, '見る人');
    watching = await watcher.enter(room);
    await tab.prompt();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const at = (path: string, rest = '') => `/api/rooms/${room}/files${rest}?${new URLSearchParams({ path })}`;
  const code = async (answer: Promise<Response>): Promise<[number, string]> => {
    const { status, json } = await answer.then(async (one) => ({
      status: one.status,
      json: await one.text(),
    }));
    return [status, json === '' ? '' : (JSON.parse(json).error?.code ?? '')];
  };
  const list = async (person: Person, path = '') =>
    (await (await person.fetch('GET', at(path))).json()) as FolderView;

  it('FILE-11 everybody in the room sees; who holds the keyboard changes; a stranger does neither', async () => {
    await tab.run("echo 'みんなの' > shared.txt");
    expect(await driver.put(at('mine.txt', '/content'), 'わたしの', NEW)).toMatchObject({ status: 200 });
    for (const person of [driver, watcher]) {
      expect((await list(person)).entries.map(({ name }) => name)).toContain('mine.txt');
      expect(await (await person.fetch('GET', at('shared.txt', '/content'))).text()).toBe('みんなの\n');
    }
    expect(await tab.run('cat mine.txt')).toContain('わたしの');
    for (const path of ['', '/content']) {
      expect(await code(stranger.fetch('GET', at('shared.txt', path)))).toEqual([403, 'forbidden']);
      expect(await code(new Person(server.origin).fetch('GET', at('shared.txt', path)))).toEqual([
        401,
        'name-needed',
      ]);
    }
    const changes = (person: Person) => [
      person.put(at('no.txt', '/content'), 'x', NEW),
      person.fetch('DELETE', at('shared.txt')),
      person.fetch('POST', `/api/rooms/${room}/files/folders`, { path: 'no' }),
      person.fetch('POST', `/api/rooms/${room}/files/moves`, { from: 'shared.txt', to: 'no' }),
    ];
    for (const answer of changes(watcher)) expect(await code(answer)).toEqual([403, 'not-driver']);
    for (const answer of changes(stranger)) expect(await code(answer)).toEqual([403, 'forbidden']);
    expect(await tab.run('ls')).not.toMatch(/\bno\b/);
    expect(await code(driver.fetch('GET', `/api/rooms/${'a'.repeat(16)}/files?path=`))).toEqual([
      403,
      'forbidden',
    ]);
  });

  it('FILE-11 a keyboard that moves while a file travels takes the right to save it along', async () => {
    const large = request(`${server.origin}${at('late.bin', '/content')}`, {
      method: 'PUT',
      headers: { ...driver.headers, ...NEW, 'content-type': 'application/octet-stream' },
    });
    const answered = new Promise<number>((resolve, reject) => {
      large.on('response', (response) => resolve(response.statusCode ?? 0)).on('error', reject);
    });
    large.write(Buffer.alloc(5_000_000));
    await until(async () => (await tab.run('ls -A')).includes('dojou-upload'), { what: 'a piece of it' });
    await watching.do({ type: 'request' });
    await tab.do({ type: 'give', to: watching.you, note: null });
    large.end('the end');
    expect(await answered).toBe(403);
    await watching.do({ type: 'give', to: tab.you, note: null });
    await tab.do({ type: 'accept' });
    await until(() => tab.room.keyboard.driver === tab.you);
    expect(await tab.run('ls -A')).not.toMatch(/late|dojou-upload/);
  });

  it('FILE-12 a save says what it replaces; what has changed meanwhile stays', async () => {
    const saved = await driver.put(at('note', '/content'), 'one', NEW);
    const { version } = (await saved.json()) as SavedAnswer;
    const opened = await driver.fetch('GET', at('note', '/content'));
    expect(opened.headers.get('etag')).toBe(`"${version}"`);
    await tab.run('echo two > note');
    expect(await code(driver.put(at('note', '/content'), 'x', { 'if-match': `"${version}"` }))).toEqual([
      409,
      'file-changed',
    ]);
    expect(await code(driver.put(at('note', '/content'), 'x', NEW))).toEqual([409, 'file-exists']);
    for (const headers of [{}, { 'if-match': '*' }, { 'if-match': '"../../x"' }]) {
      expect(await code(driver.put(at('note', '/content'), 'x', headers))).toEqual([400, 'bad-request']);
    }
    expect(await tab.run('cat note')).toContain('two');
  });

  it('FILE-12 a page of another origin changes nothing, and a body of another kind is refused', async () => {
    const foreign = { ...NEW, origin: 'http://evil.example' };
    expect(await code(driver.put(at('evil', '/content'), 'x', foreign))).toEqual([403, 'bad-origin']);
    const json = { ...NEW, 'content-type': 'application/json' };
    expect(await code(driver.put(at('evil', '/content'), '{}', json))).toEqual([400, 'bad-request']);
    expect(await code(driver.fetch('POST', `/api/rooms/${room}/files/folders`, { path: '../up' }))).toEqual([
      400,
      'file-name',
    ]);
    expect(await tab.run('ls')).not.toContain('evil');
  });

  it('FILE-16 whoever reads nothing of what they open holds no more than a few files', async () => {
    await tab.run('head -c 12000000 /dev/zero > large.bin');
    const opened = [1, 2, 3, 4, 5, 6].map(() => stalled(watcher, 'large.bin'));
    expect(await Promise.all(opened.map((one) => one.status))).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await code(watcher.fetch('GET', at('large.bin', '/content')))).toEqual([429, 'too-many']);
    expect((await driver.fetch('GET', at('note', '/content'))).status).toBe(200);
    for (const one of opened) one.leave();
    await until(async () => (await watcher.fetch('GET', at('note', '/content'))).status === 200);
  });

  /** A download that stops at its head. */
  function stalled(person: Person, path: string): { status: Promise<number>; leave(): void } {
    const { promise: status, resolve, reject } = Promise.withResolvers<number>();
    const asked = request(server.origin + at(path, '/content'), { headers: person.headers, agent: false });
    asked.on('response', (answer) => resolve(answer.pause().statusCode ?? 0)).on('error', reject);
    asked.end();
    return { status, leave: () => asked.destroy() };
  }

  it('FILE-13 a download is an attachment of its whole name, and never a page', async () => {
    const name = '報告 "1".html';
    await driver.put(at(name, '/content'), '<script>alert(1)</script>', NEW);
    const { headers } = await driver.fetch('GET', at(name, '/content'));
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="__ _1_.html"; filename*=UTF-8''%E5%A0%B1%E5%91%8A%20%221%22.html`,
    );
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('content-length')).toBe('25');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(attachment('a/../b\\c')).toBe(`attachment; filename="a_.._b_c"; filename*=UTF-8''a_.._b_c`);
    expect(attachment("it's (1)*")).toContain("UTF-8''it%27s%20%281%29%2A");
  });

  it('FILE-14 a page that has seen it all hears so in a few bytes, and of each change', async () => {
    const { tag } = await list(driver);
    const again = () => driver.fetch('GET', `${at('')}&unless=${tag}`);
    expect((await again()).status).toBe(204);
    await tab.run('touch another');
    await until(async () => (await again()).status === 200, { what: 'the new file' });
  });

  it('FILE-14 who asks too often waits', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 140 && !statuses.has(429); n += 1) {
      statuses.add((await driver.fetch('DELETE', at('..'))).status);
    }
    expect([...statuses]).toEqual([400, 429]);
    expect((await watcher.fetch('GET', at(''))).status).toBe(200);
  });

  it('FILE-15 a secret that a program wrote into a file is shown to everybody in the room', async () => {
    await tab.run('printenv AWS_CONTAINER_AUTHORIZATION_TOKEN > token.txt');
    const token = (await (await driver.fetch('GET', at('token.txt', '/content'))).text()).trim();
    expect(token.length).toBeGreaterThan(16);
    expect(await (await watcher.fetch('GET', at('token.txt', '/content'))).text()).toContain(token);
  });
});

describe('a room whose shell has not begun', () => {
  it('FILE-11 has no files yet, and says so', async () => {
    await using server = await TestServer.start();
    const person = await Person.named(server.origin, '早い人');
    const room = await person.start(LAB);
    const answer = await person.fetch('GET', `/api/rooms/${room}/files?path=`);
    expect([answer.status, await answer.json()]).toEqual([
      409,
      { error: { code: 'no-seat', values: { name: '' } } },
    ]);
  });
});
