import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';

describe('one person in lab 1', () => {
  let server: TestServer;
  let person: Person;
  let room: string;
  let tab: Tab;

  beforeAll(async () => {
    server = await TestServer.start();
    person = await Person.named(server.origin, '試す人');
    room = await person.start(LAB);
    tab = await person.enter(room);
    await tab.prompt();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('ROOM-2 holds the keyboard of a real shell', async () => {
    expect(tab.room.keyboard.driver).toBe(tab.you);
    expect(await tab.run('echo こんにちは $((6*7))')).toContain('こんにちは 42');
  });

  it('LAB-6 the system’s own aws works without set-up, and its calls pass tasks by themselves', async () => {
    const who = await tab.run('aws sts get-caller-identity');
    expect(who).toMatch(/assumed-role\/LabLearner-basic\/[a-z2-7]{16}\.see-whats-running\./);
    await until(() => tab.task('whoami') === 'pass');
    const { cluster } = tab.attempt.vars;
    expect(await tab.run('aws ecs list-clusters')).toContain(`cluster/${cluster}`);
    await until(() => tab.task('clusters') === 'pass');
    expect(tab.room.tasks.clusters?.by).toBe(tab.you);
  });

  it('LAB-4 a wrong answer gets a sentence that helps, a right one passes and shows its value', async () => {
    const { cluster = '' } = tab.attempt.vars;
    expect(await tab.answer('service', cluster)).toBeNull();
    expect(tab.task('service')).toBe('fail');
    expect(tab.room.tasks.service?.report.assertions[0]?.say?.ja).toContain('クラスター');
    expect(tab.attempt.vars.svc).toBeUndefined();
    const list = await tab.run(`aws ecs list-services --cluster ${cluster}`);
    const name = /web-\w+/.exec(list)?.[0] ?? '';
    await tab.answer('service', name);
    expect(tab.task('service')).toBe('pass');
    await until(() => tab.attempt.vars.svc === name);
  });

  it('AWS a call outside the lab’s policy gets AWS’s own sentence, and the page explains it', async () => {
    const { cluster, svc } = tab.attempt.vars;
    const refused = await tab.run(
      `aws ecs update-service --cluster ${cluster} --service ${svc} --desired-count 0`,
    );
    expect(refused.replace(/\r?\n/g, '')).toContain(
      'because no session policy allows the ecs:UpdateService action',
    );
    await until(() => tab.aws?.denial?.action === 'ecs:UpdateService');
    expect(tab.aws?.denial?.why.ja).toContain('セッションポリシー');
    await until(() => tab.task('refused') === 'pass');
  });

  it('ROOM-11 reload, SIGTERM and kill -9 keep tasks, answers, home and world', async () => {
    await tab.run('echo 覚え書き > note.txt');
    const before = tab.room.tasks;
    const { cluster } = tab.attempt.vars;
    const services = (text: string) => [...text.matchAll(/service\/\w+\/[\w-]+/g)].map(String);
    const known = services(await tab.run(`aws ecs list-services --cluster ${cluster}`));
    expect(known.length).toBeGreaterThan(1);

    // An exit in order: had stopping taken too long, what was not saved would be lost, with exit code 1.
    expect(await server.stop('SIGTERM')).toBe(0);
    await until(() => tab.closed !== null);
    expect(tab.closed?.bye).toBe('stopping');

    for (const end of ['SIGKILL', null] as const) {
      const { epoch } = tab.room.keyboard;
      server = await TestServer.start({
        data: server.data,
        env: { DOJOU_PORT: new URL(person.origin).port },
      });
      tab = await person.enter(room);
      // Keys that were typed for the shell that is gone are sent again by a browser that comes back.
      tab.typeAs({ epoch, i: 9999 }, 'echo 古い鍵\r');
      await tab.prompt();
      expect(await tab.run('echo 新しいシェル')).not.toContain('古い鍵');
      expect(tab.text).not.toContain('古い鍵');
      expect(tab.room.tasks).toEqual(before);
      // Told once that the shell is new, and from when its home is.
      expect(tab.welcome.lost?.homeSavedAt).toBeGreaterThan(Date.now() - 60_000);
      const reloaded = await person.enter(room);
      expect(reloaded.welcome.lost).toBeNull();
      await reloaded.close();
      expect(tab.attempt.vars.svc).toBeDefined();
      expect(await tab.run('cat note.txt')).toContain('覚え書き');
      expect(services(await tab.run(`aws ecs list-services --cluster ${cluster}`))).toEqual(known);
      if (end !== null) await server.stop(end);
    }
  });

  it('TERM-8 a shell that ended says so with its status, and starts again in the same stream', async () => {
    tab.type('exit 7\r');
    await until(() => tab.terminal.state.status === 'exited');
    expect(tab.terminal.state).toMatchObject({ code: 7 });
    const before = tab.text.length;
    expect(await tab.startShell()).toBeNull();
    await tab.prompt(before);
  });
});

describe('a shell that is starting', () => {
  it('TERM-11 reads first what was typed before it was there', async () => {
    await using server = await TestServer.start();
    const person = await Person.named(server.origin, 'せっかち');
    const tab = await person.enter(await person.start(LAB));
    expect(tab.terminal.state.status).toBe('starting');
    expect(await tab.run('echo early')).toContain('early');
  });
});

describe('attempts', () => {
  it('LAB-1 another attempt draws other values, and the old one is left as it was', async () => {
    await using server = await TestServer.start();
    const person = await Person.named(server.origin, '二度目');
    const first = await person.start(LAB);
    expect(await person.start(LAB)).toBe(first);
    const rooms = new Set([first]);
    for (let i = 0; i < 3; i += 1) rooms.add(await person.start(LAB, true));
    expect(rooms.size).toBe(4);
  });

  it('LAB-8 two starts at the same time are one attempt', async () => {
    await using server = await TestServer.start();
    const person = await Person.named(server.origin, '二度押し');
    const rooms = await Promise.all(Array.from({ length: 6 }, () => person.start(LAB)));
    expect(new Set(rooms).size).toBe(1);
  });

  it('LAB-8 who is in an attempt that was replaced is told, and starts no shell in it', async () => {
    await using server = await TestServer.start();
    const person = await Person.named(server.origin, '引っ越し');
    const first = await person.start(LAB);
    const tab = await person.enter(first);
    await tab.prompt();
    await person.start(LAB, true);
    await until(() => tab.closed !== null);
    expect(tab.closed?.bye).toBe('moved-on');
    const again = await person.enter(first);
    await until(() => again.terminal.state.status === 'failed');
    expect(again.terminal.state).toMatchObject({ refusal: { code: 'moved-on' } });
  });

  it('SEAT-5 one person has four seats at most: one own, a fork, and two of rooms that they lead', async () => {
    await using server = await TestServer.start({ env: { DOJOU_SEATS: '20' } });
    const person = await Person.named(server.origin, 'よくばり');
    for (let led = 0; led < 4; led += 1) {
      const tab = await person.enter(await person.start(LAB));
      await tab.prompt();
      await tab.do({ type: 'make-mob' });
    }
    const fifth = await person.enter(await person.start(LAB));
    await until(() => fifth.terminal.state.status === 'failed');
    expect(fifth.terminal.state).toMatchObject({ refusal: { code: 'seats-full' } });
  });
});
