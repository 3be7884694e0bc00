import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAB, type LabFolder, labWithServices } from '../support/lab-with-services.ts';
import { processesBelow } from '../support/left-behind.ts';
import { Person, type Tab } from '../support/person.ts';
import { readIfAlive } from '../support/sandbox.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const IN_TIME = { ms: 30_000 };

describe('a lab with services', () => {
  let labs: LabFolder;
  let server: TestServer;
  let person: Person;
  let tab: Tab;
  const service = (id: string) => tab.seat.services.find((one) => one.id === id);

  beforeAll(async () => {
    labs = await labWithServices();
    server = await TestServer.start({ env: { DOJOU_TEST_LABS: labs.path } });
    person = await Person.named(server.origin, '試す人');
    tab = await person.enter(await person.start(LAB));
    await tab.prompt();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await labs[Symbol.asyncDispose]();
  });

  it('SVC-2 the line that the page shows for psql works in the terminal', async () => {
    await until(() => service('db')?.state === 'healthy', IN_TIME);
    expect(service('db')?.reach).toMatch(
      /^psql 'postgresql:\/\/shop:geheim%27\d{6}@127\.0\.0\.1:5432\/shop'$/,
    );
    const sql = "SELECT 'goods ' || count(*) FROM goods";
    expect(await tab.run(`${service('db')?.reach} -Atc "${sql}"`)).toContain('goods 2');
  });

  it('SVC-7 somebody who comes later sees the same services', async () => {
    await until(() => tab.seat.services.every(({ state }) => state === 'healthy'), IN_TIME);
    const other = await person.enter(tab.room.id);
    await until(() => other.seat.services.length === 3);
    expect(other.seat.services.map(({ id, state }) => [id, state])).toEqual([
      ['db', 'healthy'],
      ['web', 'healthy'],
      ['till', 'healthy'],
    ]);
    expect(other.seat.previews).toEqual(tab.seat.previews);
  });

  it('PRV-1 the page of a service, and one that the learner serves, are shown', async () => {
    const shop = await fetch(server.origin + service('web')?.preview);
    expect(await shop.text()).toContain('いらっしゃいませ');
    const [own] = tab.seat.previews;
    expect(own?.port).toBe(8000);
    const early = await fetch(server.origin + own?.url);
    expect(early.status).toBe(503);
    await tab.run("mkdir -p www && echo '<p>わたしのページ' > www/index.html");
    await tab.run('(python3 -m http.server -b 127.0.0.1 -d www 8000 >/dev/null 2>&1 &)');
    await until(async () => (await fetch(server.origin + own?.url)).ok, IN_TIME);
    expect(await (await fetch(server.origin + own?.url)).text()).toContain('わたしのページ');
  });

  it('PRV-13 whoever has lost the right to be in the room keeps no address of its pages', async () => {
    await tab.do({ type: 'make-mob' });
    const link = await person.link({ kind: 'room-watch', room: tab.room.id });
    const guest = new Person(server.origin);
    await guest.join(link.url, '見る人');
    const watching = await guest.enter(tab.room.id);
    await until(() => watching.seat.services.length === 3);
    const known = [service('web')?.preview, tab.seat.previews[0]?.url].map((url) => server.origin + url);
    await person.fetch('DELETE', `/api/links/${link.id}`);
    await until(() => watching.closed?.bye === 'revoked', IN_TIME);
    await until(async () =>
      (await Promise.all(known.map((url) => fetch(url)))).every((one) => one.status === 410),
    );
    await until(async () => (await fetch(server.origin + service('web')?.preview)).status === 200);
    expect((await fetch(server.origin + tab.seat.previews[0]?.url)).status).toBe(200);
  });

  it('PRV-13 an address ends with its seat, and nothing of the services is left', async () => {
    const { preview } = service('web') ?? {};
    expect((await fetch(server.origin + preview)).status).toBe(200);
    const beside = () =>
      processesBelow(server.pid).filter((pid) =>
        /nginx|postgres|till/.test(readIfAlive(`/proc/${pid}/cmdline`)),
      );
    expect(beside().length).toBeGreaterThan(3);
    tab.type('kill -9 -1\r');
    await until(async () => (await fetch(server.origin + preview)).status === 410, IN_TIME);
    await until(() => beside().length === 0, IN_TIME);
  });
});
