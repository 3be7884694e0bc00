/** What a terminal costs the server: its process with all its threads, without the sandboxes' own. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND, TERMINALS } from '#protocol/limits.ts';
import { Person, type Tab } from '../../support/person.ts';
import { TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';
import { LAB } from './contenders.ts';
import { FILL, SIZE } from './joining.ts';

/** A terminal may be opened twice a second per connection. */
const OPEN_EVERY_MS = 0.55 * SECOND;
/** Memory that is no longer used goes back by itself in this time, or not at all. */
const SETTLE_MS = 2 * SECOND;

/** KiB by which the server grows with each further terminal of a seat, its scrollback full. */
export async function rssPerTerminal(seats: number): Promise<number> {
  await using server = await TestServer.start({ env: { DOJOU_SEATS: String(seats) } });
  // A seat has costs of its own (a sandbox, a world): only what comes after the first terminal counts.
  const tabs = await Promise.all(Array.from({ length: seats }, () => oneSeat(server.origin)));
  await delay(SETTLE_MS);
  const before = await residentKiB(server.pid);
  await Promise.all(tabs.map((tab) => openTheRest(tab)));
  await delay(SETTLE_MS);
  const after = await residentKiB(server.pid);
  return (after - before) / (seats * (TERMINALS - 1));
}

async function oneSeat(origin: string): Promise<Tab> {
  const person = await Person.named(origin, '開く人');
  const tab = await person.enter(await person.start(LAB));
  await tab.prompt();
  await fill(tab, 1);
  return tab;
}

async function openTheRest(tab: Tab): Promise<void> {
  for (let terminal = 2; terminal <= TERMINALS; terminal += 1) {
    const refused = await tab.openTerminal();
    if (refused !== null) throw new Error(`no terminal ${terminal}: ${refused.code}`);
    await fill(tab, terminal);
    await delay(OPEN_EVERY_MS);
  }
}

async function fill(tab: Tab, terminal: number): Promise<void> {
  tab.send({ t: 'size', terminal, ...SIZE });
  await until(() => tab.watched(terminal).text.includes('$'), { ms: 30_000, what: 'a prompt' });
  tab.type(`${FILL}\r`, terminal);
  await until(() => tab.watched(terminal).text.includes('\x1e'), { ms: 30_000, what: 'a full scrollback' });
}

async function residentKiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}
