import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TERMINALS } from '#protocol/limits.ts';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';

let server: TestServer;
let driver: Tab;
let watcher: Tab;
let second: Person;
let room: string;
let invitation: string;

beforeAll(async () => {
  server = await TestServer.start();
  const first = await Person.named(server.origin, '操作する人');
  room = await first.start(LAB);
  driver = await first.enter(room);
  await driver.prompt();
  await driver.do({ type: 'make-mob' });
  const link = await first.link({ kind: 'room-take-part', room });
  invitation = link.url;
  second = new Person(server.origin);
  await second.join(link.url, '見る人');
  watcher = await second.enter(room);
});

afterAll(() => server[Symbol.asyncDispose]());

describe('secrets of a seat', () => {
  it('TERM-12 are shown to the driver alone: not to watchers, nor to who comes late, nor in the list', async () => {
    watcher.send({ t: 'commands', terminal: 1, on: true });
    const asked = `curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" $AWS_CONTAINER_CREDENTIALS_FULL_URI`;
    const printed = await driver.run(`${asked}; echo; echo "<$AWS_CONTAINER_AUTHORIZATION_TOKEN>"`);
    const { SecretAccessKey, Token } = JSON.parse(/\{.*\}/.exec(printed)?.[0] ?? '{}') as {
      SecretAccessKey: string;
      Token: string;
    };
    const endpointToken = /<([\w-]{20,})>/.exec(printed)?.[1] ?? '';
    const secrets = [SecretAccessKey, Token, endpointToken];
    for (const secret of secrets) expect(secret.length).toBeGreaterThan(20);
    const whole = (text: string) => text.replaceAll('\r\n', '');
    await until(() => watcher.text.includes('ran-1'), { what: 'the same output at the watcher' });
    expect(watcher.text).toContain('"AccessKeyId"');
    expect(watcher.text).toContain('<****');
    const late = await second.enter(room);
    await until(async () => (await late.lines()).join('').includes('<****'));
    const commands = () =>
      watcher.messages.flatMap((message) => (message.t === 'commands' ? message.commands : []));
    for (const secret of secrets) {
      expect(whole(watcher.text)).not.toContain(secret);
      expect((await late.lines()).join('')).not.toContain(secret);
      expect(JSON.stringify(commands())).not.toContain(secret);
    }
    await late.close();
  });
});

describe('several terminals', () => {
  it('TERM-16 the driver opens another one in the same sandbox, and everybody sees it', async () => {
    expect((await watcher.openTerminal())?.code).toBe('not-driver');
    expect(await driver.openTerminal()).toBeNull();
    await until(() => watcher.infos.length === 2 && watcher.front === 2);
    watcher.send({ t: 'front', terminal: 1 });
    expect((await watcher.closeTerminal(2))?.code).toBe('not-driver');
    expect(driver.front).toBe(2);
    await until(() => driver.watched(2).text.includes('\x1b]133;B'));
    driver.type('echo "in $$" > /tmp/second; tty\r', 2);
    await until(() => watcher.watched(2).text.includes('/dev/pts/1'));
    expect(await driver.run('cat /tmp/second')).toMatch(/in \d+\r\n/);
    expect(watcher.text).not.toContain('/dev/pts/1');
  });

  it('TERM-16 a late one gets the screens of all', async () => {
    const late = await second.enter(room);
    await until(async () => (await late.watched(2).lines()).some((line) => line === '/dev/pts/1'));
    expect(late.infos.map(({ terminal }) => terminal)).toEqual([1, 2]);
    expect(late.front).toBe(2);
    await late.close();
  });

  it('TERM-16 there are at most six, a closed one is gone for all, and the last one stays', async () => {
    while (driver.infos.length < TERMINALS) {
      const { length } = driver.infos;
      await until(async () => (await driver.openTerminal()) === null); // a shell every half second
      await until(() => driver.infos.length === length + 1);
    }
    await until(async () => (await driver.openTerminal())?.code === 'terminals-full');
    for (const { terminal } of driver.infos.slice(1)) expect(await driver.closeTerminal(terminal)).toBeNull();
    await until(() => watcher.infos.length === 1 && watcher.front === 1);
    expect((await driver.closeTerminal(1))?.code).toBe('last-terminal');
    expect((await watcher.closeTerminal(1))?.code).toBe('not-driver');
    // Their shells are gone, too; those of hung-up terminals end by themselves.
    await until(async () => (await driver.run('echo left: $(ls /dev/pts)')).includes('left: 0 ptmx'));
    await until(async () => (await driver.openTerminal()) === null);
    await until(() => driver.infos.some(({ terminal }) => terminal === TERMINALS + 1));
  });
});

describe('commands', () => {
  it('TERM-18 the one that runs is told to everybody, and the list says who began it', async () => {
    driver.type('sleep 30\r');
    await until(() => watcher.terminal.command === 'sleep 30');
    driver.type('\x03');
    await until(() => watcher.terminal.command === null);
    const listed = () =>
      watcher.messages.flatMap((message) => (message.t === 'commands' ? message.commands : []));
    await until(() => listed().some(({ line, state }) => line === 'sleep 30' && state.status === 'done'));
    const ended = listed().findLast(({ line }) => line === 'sleep 30');
    expect(ended).toMatchObject({ by: driver.you, state: { status: 'done', exit: 130 } });
  });
});

describe('a conversion', () => {
  it('ROOM-15 holds up a hand-over until it is done', async () => {
    await watcher.do({ type: 'request' });
    driver.send({ t: 'composing', on: true });
    const give = async () => (await driver.do({ type: 'give', to: watcher.you, note: null }))?.code ?? null;
    await until(async () => (await give()) === 'composing');
    driver.send({ t: 'composing', on: false });
    expect(await give()).toBeNull();
    await until(() => watcher.room.keyboard.driver === watcher.you);
  });

  it('ROOM-15 holds up neither the facilitator nor an offer of theirs', async () => {
    const facilitator = driver;
    const other = watcher;
    const person = new Person(server.origin);
    await person.join(invitation, '三人目');
    const third = await person.enter(room);
    await until(() => other.room.keyboard.driver === other.you && third.you in other.room.members);
    const give = async (by: Tab, to: Tab) => (await by.do({ type: 'give', to: to.you, note: null }))?.code;
    expect(await give(other, third)).toBeUndefined();
    other.send({ t: 'composing', on: true });
    expect(await give(other, third)).toBe('composing');
    expect((await third.do({ type: 'accept' }))?.code).toBe('composing');
    expect(await give(facilitator, third)).toBeUndefined();
    expect(await third.do({ type: 'accept' })).toBeNull();
    third.send({ t: 'composing', on: true });
    expect(await give(third, other)).toBe('composing');
    expect(await give(facilitator, facilitator)).toBeUndefined();
    expect(await facilitator.do({ type: 'accept' })).toBeNull();
    await until(() => facilitator.room.keyboard.driver === facilitator.you);
    await third.close();
  });
});
