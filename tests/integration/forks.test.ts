import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe('going on alone', () => {
  let server: TestServer;
  let leader: Person;
  let guest: Person;
  let room: string;
  let led: Tab;
  let alone: Tab;
  let mine: string;

  beforeAll(async () => {
    server = await TestServer.start();
    leader = await Person.named(server.origin, '進める人');
    room = await leader.start('see-whats-running');
    led = await leader.enter(room);
    await led.prompt();
    await led.do({ type: 'make-mob' });
    guest = new Person(server.origin);
    await guest.join((await leader.link({ kind: 'room-take-part', room })).url, '学ぶ人');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function fork(person: Person, of: string, body: object) {
    const answer = await person.fetch('POST', `/api/rooms/${of}/fork`, body);
    const json = (await answer.json()) as { room?: string; error?: { code: string } };
    return json.room ?? json.error?.code ?? '';
  }
  const facts = (kind: string) => {
    const db = new DatabaseSync(`${server.data}/dojou.db`, { readOnly: true });
    const row = db.prepare('select count(*) as n from fact where kind = ?').get(kind);
    db.close();
    return Number(row?.n);
  };

  it('LIFE-13 takes home, values, answers, step and credits along, and changes nothing where it came from', async () => {
    await led.run('aws sts get-caller-identity; aws ecs list-clusters; echo shared > note.txt');
    await until(() => led.task('whoami') === 'pass' && led.task('clusters') === 'pass');
    await led.answer('service', 'not-this');
    await led.do({ type: 'go-to-step', step: 'count' });
    const checks = facts('check');

    mine = await fork(guest, room, { point: null });
    expect(mine).toMatch(/^[a-z2-7]{16}$/);
    alone = await guest.enter(mine);
    await alone.prompt();
    expect(await alone.run('cat note.txt')).toContain('shared');
    expect(alone.room).toMatchObject({
      kind: 'lab',
      facilitator: alone.you,
      step: 'count',
      lab: led.room.lab,
    });
    expect(alone.room.keyboard.driver).toBe(alone.you);
    expect(alone.room.tasks).toEqual(led.room.tasks);
    expect(alone.room.members[led.you]).toMatchObject({
      name: '進める人',
      connections: 0,
      mayTakePart: false,
    });
    expect(alone.attempt.answers).toMatchObject({ service: 'not-this' });
    const cluster = async (tab: Tab) => /cluster\/(\w+)/.exec(await tab.run('aws ecs list-clusters'))?.[1];
    expect(await cluster(alone)).toBe(await cluster(led));

    await alone.run('echo own > note.txt; aws sts get-caller-identity');
    expect(await led.run('cat note.txt')).toContain('shared');
    expect(facts('check')).toBe(checks);
    expect((await leader.fetch('POST', `/api/rooms/${mine}/ticket`)).status).toBe(403);
  });

  it('LIFE-14 a second one takes the place of the first when told to, and the first says so', async () => {
    expect(await led.savePoint()).toBeNull();
    const point = led.seat.points.find(({ why }) => why === 'asked')?.id ?? null;
    await led.run('echo later > note.txt');
    expect(await fork(guest, room, { point })).toBe('fork-exists');
    expect(await alone.run('cat note.txt')).toContain('own');

    const second = await fork(guest, room, { point, replace: true });
    await until(() => alone.closed?.bye === 'moved-on');
    const tab = await guest.enter(second);
    await tab.prompt();
    expect(await tab.run('cat note.txt')).toContain('shared');
    const old = await guest.enter(mine);
    await until(() => old.terminal.state.status === 'failed');
    expect(old.terminal.state).toMatchObject({ refusal: { code: 'moved-on' } });
  });

  it('LIFE-14 a fork stands beside the person’s own seat, and a lab goes on with its own attempt', async () => {
    const own = await guest.start('see-whats-running');
    const tab = await guest.enter(own);
    await tab.prompt();
    expect(await tab.run('ls | wc -l')).toMatch(/[^\d%]0\r\n/);
    expect(await guest.start('see-whats-running')).toBe(own);
    const second = await fork(guest, own, { point: null, replace: true });
    const forked = await guest.enter(second);
    await forked.prompt();
    expect(await tab.run('echo still here')).toContain('still here');
    expect(tab.terminal.state.status).toBe('running');
  });

  it('LIFE-14 who only watches, or may not enter, forks nothing', async () => {
    const watcher = new Person(server.origin);
    await watcher.join((await leader.link({ kind: 'room-watch', room })).url, '見る人');
    expect(await fork(watcher, room, { point: null })).toBe('watch-link');
    const stranger = await Person.named(server.origin, '知らない人');
    expect(await fork(stranger, room, { point: null })).toBe('forbidden');
    expect(await fork(stranger, 'a'.repeat(16), { point: null })).toBe('not-found');
    expect(await fork(leader, room, { point: 'a'.repeat(16) })).toBe('point-gone');
    expect(await fork(leader, room, { point: 'x' })).toBe('bad-request');
  });
});
