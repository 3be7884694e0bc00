import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const GREEDY = `/usr/bin/python3 -c 'x = bytearray(3 * 1024 ** 3)'`;

describe('limits of a seat', () => {
  let server: TestServer;
  let person: Person;
  let room: string;
  let tab: Tab;

  beforeAll(async () => {
    server = await TestServer.start();
    person = await Person.named(server.origin, '試す人');
    room = await person.start('see-whats-running');
    tab = await person.enter(room);
    await tab.prompt();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('LIMIT-1 the page hears what the seat uses, and no more once nothing changes', async () => {
    await until(() => tab.seat.usage?.home != null);
    await tab.run('head -c 5M /dev/zero >big');
    await until(() => (tab.seat.usage?.home?.used ?? 0) >= 5 * 1024 ** 2);
    expect(tab.seat.usage?.memory?.used ?? 0).toBeGreaterThan(5 * 1024 ** 2);
    expect(tab.seat.usage?.processes?.used).toBeGreaterThanOrEqual(1);
    await until(() => tab.seat.usage?.cpu === 0);
  });

  it('LIMIT-2 a limit that is hit explains itself on the page and in the terminal', async () => {
    const other = await person.enter(room);
    await tab.run(GREEDY);
    await until(() => tab.seat.limit?.kind === 'memory' && other.seat.limit?.kind === 'memory');
    await until(async () => (await tab.lines()).some((line) => line.includes('メモリーの上限')));
    expect((await tab.lines()).join('\n')).toContain('Dojou: memory was full');
    await other.close();
    expect(await tab.run('echo still here')).toContain('still here');
  });

  it('LIMIT-3 whoever ends the agent is told that the seat has stopped, and begins again with one press', async () => {
    tab.type('kill -9 2\r');
    await until(() => tab.terminal.state.status === 'failed');
    expect(tab.terminal.state).toMatchObject({ refusal: { code: 'shell-died' } });
    expect(tab.seat.limit?.kind).toBe('agent');
    const before = tab.text.length;
    expect(await tab.startShell()).toBeNull();
    await until(() => tab.terminal.state.status === 'running');
    await tab.prompt(before);
    expect(await tab.run('echo again')).toContain('again');
  });
});
