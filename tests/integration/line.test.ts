import { describe, expect, it } from 'vitest';
import { Newcomer } from '../bench/sandbox/newcomer.ts';
import { herd } from '../bench/sandbox/people.ts';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';
const FULL = process.env.DOJOU_TEST_FULL === '1';
/** All of them behind one address, as a class is. */
const CLASS = FULL ? 200 : 30;

async function enter(server: TestServer, name: string): Promise<Tab> {
  const person = await Person.named(server.origin, name);
  return await person.enter(await person.start(LAB));
}

function queueOf(tab: Tab) {
  const { state } = tab.terminal;
  return state.status === 'starting' ? state.queue : null;
}

describe('a full machine', () => {
  it('SEAT-6 tells the others their place, and serves them in order as seats end', async () => {
    await using server = await TestServer.start({ env: { DOJOU_SEATS: '2', DOJOU_WARM_SEATS: '1' } });
    const [first, second] = [await enter(server, '一'), await enter(server, '二')];
    await first.prompt();
    await second.prompt();
    const third = await enter(server, '三');
    await until(() => queueOf(third)?.place === 1);
    const fourth = await enter(server, '四');
    await until(() => queueOf(fourth)?.place === 2);
    // What was typed while they waited is read first.
    third.type('echo it-$((40 + 2))\r');
    await endSeat(second);
    await third.prompt();
    await until(() => third.text.includes('it-42'));
    await until(() => queueOf(fourth)?.place === 1);
  }, 60_000);

  it('SEAT-7 a place that nobody waits in any more is given up, and one reload does not lose it', async () => {
    await using server = await TestServer.start({ env: { DOJOU_SEATS: '1', DOJOU_WARM_SEATS: '0' } });
    const first = await enter(server, '一');
    await first.prompt();
    const person = await Person.named(server.origin, '二');
    const room = await person.start(LAB);
    const second = await person.enter(room);
    await until(() => queueOf(second)?.place === 1);
    const third = await enter(server, '三');
    await until(() => queueOf(third)?.place === 2);
    second.drop();
    const again = await person.enter(room, { after: second });
    await until(() => queueOf(again)?.place === 1);
    expect(queueOf(third)?.place).toBe(2);
    again.drop();
    await until(() => queueOf(third)?.place === 1, { ms: 30_000 });
  }, 60_000);

  it('SEAT-10 who opens another lab of their own, or starts over, keeps their seat', async () => {
    await using server = await TestServer.start({ env: { DOJOU_SEATS: '1', DOJOU_WARM_SEATS: '0' } });
    const person = await Person.named(server.origin, '一');
    const first = await person.enter(await person.start(LAB));
    await first.prompt();
    const waiting = await enter(server, '二');
    await until(() => queueOf(waiting)?.place === 1);
    const fresh = await person.enter(await person.start(LAB, true));
    await fresh.prompt();
    expect(queueOf(waiting)?.place).toBe(1);
  });
});

/** Whoever kills the agent ends the own sandbox. */
async function endSeat(tab: Tab): Promise<void> {
  tab.type('pkill -9 python3\r');
  await until(() => tab.terminal.state.status !== 'running', { what: 'the end of a seat' });
}

describe('a class', () => {
  it(`SEAT-9 of ${CLASS} that comes in one second, behind one address, is served without an error`, async () => {
    await using server = await TestServer.start({ env: { DOJOU_SEATS: '220' } });
    const { reasons, errors } = await herd(server, CLASS);
    expect({ reasons, errors }).toEqual({ reasons: [], errors: 0 });
  }, 120_000);

  it('SEAT-9 is told its places where it does not fit, and nobody is refused', async () => {
    await using server = await TestServer.start({ env: { DOJOU_SEATS: '3' } });
    const people = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const person = await Person.named(server.origin, `人${n}`);
        return await Newcomer.enter(person, await person.start(LAB));
      }),
    );
    await until(() => people.every(({ state }) => state !== 'waiting'), { ms: 30_000 });
    expect(people.map(({ state }) => state).toSorted()).toEqual([
      ...Array.from({ length: 7 }, () => 'queued'),
      ...Array.from({ length: 3 }, () => 'served'),
    ]);
    for (const each of people) each[Symbol.dispose]();
  });
});
