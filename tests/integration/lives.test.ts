import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Refusal } from '#protocol/messages.ts';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';

/** Work may be asked for twice a second: a person is slower than a test. */
async function patiently(ask: () => Promise<Refusal | null>): Promise<Refusal | null> {
  let answer: Refusal | null = null;
  await until(async () => {
    answer = await ask();
    return answer?.code !== 'too-many';
  });
  return answer;
}

describe('saved points and starting over', () => {
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

  /** Starts over, and waits for the prompt of the new shell. */
  async function reset(point: string | null): Promise<void> {
    const before = tab.text.length;
    expect(await patiently(() => tab.reset(point))).toBeNull();
    await until(() => tab.terminal.state.status === 'running', { what: 'a running shell' });
    await tab.prompt(before);
  }
  const pointOf = (why: string) => tab.seat.points.find((point) => point.why === why)?.id ?? '';

  it('LIFE-8 home and step come back as they were saved, in every terminal, and can be undone', async () => {
    await tab.run('echo good > work.txt; mkdir d');
    expect(await patiently(() => tab.savePoint())).toBeNull();
    const [saved] = tab.seat.points;
    expect(saved).toMatchObject({ why: 'asked', step: 'look' });
    expect(await tab.openTerminal()).toBeNull();
    await until(() => tab.infos.length === 2 && tab.infos[1]?.state.status === 'running');
    await tab.run('echo bad > work.txt; rm -r d; touch new.txt');
    await tab.do({ type: 'go-to-step', step: 'count' });
    tab.type('sleep 1000\r', 2);

    await reset(saved?.id ?? '');
    expect((await tab.lines())[0]).toContain('ここから、もう一度始まります。');
    expect(await tab.run('cat work.txt; ls')).toMatch(/good[\s\S]*d[\s\S]*work\.txt/);
    expect(tab.text.slice(-200)).not.toContain('new.txt');
    expect(tab.room.step).toBe('look');
    await until(() =>
      tab.infos.every(({ state, command }) => state.status === 'running' && command === null),
    );
    expect(tab.infos).toHaveLength(2);
    expect(await tab.run('ps aux | grep -c "[s]leep 1000"')).toContain('0');

    await reset(pointOf('before-reset'));
    expect(await tab.run('cat work.txt; ls')).toMatch(/bad[\s\S]*new\.txt/);
    expect(tab.room.step).toBe('count');
  });

  it('LIFE-8 the beginning has nothing of the learner’s but what has passed, and answers', async () => {
    await tab.run('aws sts get-caller-identity');
    await until(() => tab.task('whoami') === 'pass');
    await tab.answer('service', 'not-this');
    await reset(null);
    expect(await tab.run('ls | wc -l')).toMatch(/[^\d%]0\r\n/);
    expect(tab.task('whoami')).toBe('pass');
    const reloaded = await person.enter(room);
    expect(reloaded.attempt.answers.service).toBe('not-this');
    await reloaded.close();
    expect(tab.room.step).toBe('look');
    expect(await tab.run('aws sts get-caller-identity')).toContain('assumed-role');
  });

  it('LIFE-9 a point is saved when every task of a step has passed, and none before', async () => {
    const before = tab.seat.points.filter(({ why }) => why === 'step').length;
    const list = await tab.run('aws ecs list-clusters');
    const cluster = /cluster\/(\w+)/.exec(list)?.[1] ?? '';
    await until(() => tab.task('clusters') === 'pass');
    expect(tab.seat.points.filter(({ why }) => why === 'step')).toHaveLength(before);
    const services = await tab.run(`aws ecs list-services --cluster ${cluster}`);
    await tab.answer('service', /web-\w+/.exec(services)?.[0] ?? '');
    await until(() => tab.seat.points.some(({ why, step }) => why === 'step' && step === 'look'));
  });

  it('LIFE-10 starting over twice at once happens once; a point that is gone is said, and harms nothing', async () => {
    await tab.run('echo here > kept.txt');
    expect(await tab.reset('a'.repeat(16))).toMatchObject({ code: 'point-gone' });
    expect(await tab.run('cat kept.txt')).toContain('here');
    const others = [await person.enter(room), await person.enter(room)];
    const before = tab.text.length;
    const answers = await Promise.all(others.map((other) => other.reset(null)));
    expect(answers.map((answer) => answer?.code ?? 'done').sort()).toEqual(['done', 'resetting']);
    await tab.prompt(before);
    for (const other of others) await other.close();
    await reset(pointOf('before-reset'));
    expect(await tab.run('cat kept.txt')).toContain('here');
  });

  it('LIFE-11 only who holds the keyboard may save points and start over', async () => {
    await tab.do({ type: 'make-mob' });
    const link = await person.link({ kind: 'room-take-part', room });
    const guest = new Person(server.origin);
    await guest.join(link.url, 'もうひとり');
    const theirs = await guest.enter(room);
    expect(await patiently(() => theirs.savePoint())).toMatchObject({ code: 'not-driver' });
    expect(await patiently(() => theirs.reset(null))).toMatchObject({ code: 'not-driver' });
    expect(theirs.seat.points).toEqual(tab.seat.points);
    expect(theirs.seat.points.length).toBeGreaterThan(0);
  });

  it('LIFE-12 points outlive kill -9, and a seat that was started over is not what a crash brings back', async () => {
    await tab.run('echo saved > only.txt');
    await patiently(() => tab.savePoint());
    const { points } = tab.seat;
    await reset(null);
    const undo = pointOf('before-reset');
    await server.stop('SIGKILL');
    server = await TestServer.start({ data: server.data, env: { DOJOU_PORT: new URL(person.origin).port } });
    tab = await person.enter(room);
    await tab.prompt();
    expect(await tab.run('ls only.txt')).toContain('No such file');
    expect(tab.welcome.lost).toEqual({ homeSavedAt: null });
    expect(tab.seat.points.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        undo,
        ...points.filter(({ why }) => why !== 'before-reset').map(({ id }) => id),
      ]),
    );
    await reset(undo);
    expect(await tab.run('cat only.txt')).toContain('saved');
  });
});

describe('the practice AWS', () => {
  it('LIFE-8 goes back and forth with the home, and along with who goes on alone', async () => {
    const labs = await mkdtemp(path.join(tmpdir(), 'dojou-labs-'));
    await cp('labs', labs, { recursive: true });
    const facts = path.join(labs, LAB, 'lab.yaml');
    const yaml = await readFile(facts, 'utf8');
    await writeFile(facts, yaml.replace('"ecs:Describe*"]', '"ecs:Describe*", ecs:UpdateService]'));
    await using server = await TestServer.start({ env: { DOJOU_TEST_LABS: labs } });
    const person = await Person.named(server.origin, '変える人');
    const room = await person.start(LAB);
    const tab = await person.enter(room);
    await tab.prompt();
    const cluster = /cluster\/(\w+)/.exec(await tab.run('aws ecs list-clusters'))?.[1] ?? '';
    const list = await tab.run(`aws ecs list-services --cluster ${cluster}`);
    const at = `--cluster ${cluster} --service`;
    const service = /web-\w+/.exec(list)?.[0] ?? '';
    const wanted = async (where: Tab) => {
      const said = await where.run(
        `aws ecs describe-services ${at}s ${service} --query 'services[0].desiredCount' | sed s/^/wanted=/`,
      );
      return Number(/wanted=(\d+)/.exec(said)?.[1]);
    };
    const set = (n: number) =>
      tab.run(`aws ecs update-service ${at} ${service} --desired-count ${n} >/dev/null`);
    const first = await wanted(tab);
    await set(7);
    await patiently(() => tab.savePoint());
    const point = tab.seat.points[0]?.id ?? '';
    await set(9);
    expect(await wanted(tab)).toBe(9);
    for (const [to, then] of [
      [null, first],
      [point, 7],
    ] as const) {
      const before = tab.text.length;
      expect(await patiently(() => tab.reset(to))).toBeNull();
      await tab.prompt(before);
      expect(await wanted(tab)).toBe(then);
    }
    const answer = await person.fetch('POST', `/api/rooms/${room}/fork`, { point: null });
    const alone = await person.enter(((await answer.json()) as { room: string }).room);
    await alone.prompt();
    expect(await wanted(alone)).toBe(7);
    await rm(labs, { recursive: true });
  }, 120_000); // a dozen calls of a tool that takes seconds on a busy machine
});
