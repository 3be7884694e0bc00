/** What must be true when a scenario is over, whatever happened in it. */

import { inflateRawSync } from 'node:zlib';
import type { Terminal } from '@xterm/headless';
import { expect } from 'vitest';
import { KEYS_EXPIRE_MS } from '#protocol/limits.ts';
import { openClientTerminal } from '../client-terminal.ts';
import { screenOf } from '../screens.ts';
import type { SimulatedClient } from './client.ts';
import type { Simulation } from './run.ts';
import { writeNow } from './write-now.ts';

/** Of all floods together; below it a viewer on a good line is never too far behind. */
const CALM_FLOOD_KIB = 900;
const GOOD_LINE_MS = 5;
/** A character that has begun is held back by the page, and gone with a repaint. */
const BEGUN_BYTES = 3;

export async function judge(simulation: Simulation): Promise<void> {
  const { room, clients } = simulation;
  for (const client of clients) {
    expect(client.connected, `${client.tab} is connected`).toBe(true);
    expect(client.broken, `${client.tab}: output that makes no sense`).toBe(0);
    expect([...client.views.keys()].toSorted(), `terminals of ${client.tab}`).toEqual([...room.terminals]);
  }
  for (const terminal of room.terminals) {
    judgeSizes(simulation, terminal);
    judgeBytes(simulation, terminal);
    await judgeScreens(simulation, terminal);
  }
  judgeGaps(simulation);
  judgeResumes(simulation);
  judgeKeys(simulation);
  judgeAnswers(simulation);
}

/** Every size that a shell had stands in the output where the shell got it. */
function judgeSizes({ room }: Simulation, terminal: number): void {
  const told = (room.told.get(terminal) ?? []).map(({ offset, cols, rows }) => ({
    at: offset - room.base(terminal),
    cols,
    rows,
  }));
  let from = 0;
  for (const size of room.shell(terminal).truth.sizes) {
    const at = told.findIndex((other, n) => n >= from && JSON.stringify(other) === JSON.stringify(size));
    expect(at, `the size ${JSON.stringify(size)} of terminal ${terminal} is told in its place`).not.toBe(-1);
    from = at + 1;
  }
}

/** No byte is doubled, and none is missing but those that a gap announced. */
function judgeBytes({ room, clients }: Simulation, terminal: number): void {
  const base = room.base(terminal);
  const whole = room.shell(terminal).truth.bytes();
  for (const client of clients) {
    const view = client.views.get(terminal);
    expect(view?.watched.stream.next, `${client.tab} has all of terminal ${terminal}`).toBe(
      room.end(terminal),
    );
    const gaps = [...(view?.watched.gaps ?? [])];
    let end: number | null = null;
    for (const { from, bytes, length } of view?.screen.stretches ?? []) {
      const gap = gaps.shift() ?? 0;
      if (end !== null) {
        const missing = from - end - BEGUN_BYTES;
        expect(missing, `${client.tab}: a gap is announced`).toBeLessThanOrEqual(gap);
      }
      const given = whole.subarray(from - base, from - base + length);
      if (!Buffer.concat(bytes).equals(given)) {
        expect(Buffer.concat(bytes).toString(), `${client.tab} from ${from - base}`).toBe(given.toString());
      }
      end = from + length;
    }
  }
}

async function judgeScreens({ room, clients, mirrors, torn }: Simulation, terminal: number): Promise<void> {
  if (torn.has(terminal)) return;
  const { offset, cols, rows, packed } = await mirrors.snapshot(terminal);
  const mirror = openClientTerminal(cols, rows);
  writeNow(mirror, inflateRawSync(packed).toString());
  writeNow(
    mirror,
    room
      .shell(terminal)
      .truth.bytes()
      .subarray(offset - room.base(terminal))
      .toString(),
  );
  const truth = screenOf(trueScreen(room, terminal));
  expectSame(screenOf(mirror), truth, `the mirror of terminal ${terminal}`);
  for (const client of clients) {
    const screen = client.views.get(terminal)?.watched.screen;
    if (screen !== undefined) expectSame(screenOf(screen), truth, `${client.tab}, terminal ${terminal}`);
  }
}

/** Names what differs: a whole screen is too long to read. */
function expectSame(screen: unknown, truth: unknown, what: string): void {
  const differing = [...differences(screen, truth, '')];
  if (differing.length > 0) throw new Error(`${what}:\n${differing.slice(0, 6).join('\n')}`);
}

function* differences(a: unknown, b: unknown, path: string): Generator<string> {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    if (a !== b) yield `${path}: ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`;
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    yield* differences(Reflect.get(a, key), Reflect.get(b, key), `${path}.${key}`);
  }
}

/** Of somebody who was always there and missed nothing. */
function trueScreen(room: Simulation['room'], terminal: number): Terminal {
  const base = room.base(terminal);
  const whole = room.shell(terminal).truth.bytes();
  const characters = new TextDecoder('utf-8', { ignoreBOM: true });
  const text = (from: number, to?: number) => characters.decode(whole.subarray(from, to), { stream: true });
  const { cols: firstCols, rows: firstRows } = room.began(terminal);
  const screen = openClientTerminal(firstCols, firstRows);
  let at = 0;
  for (const { offset, cols, rows } of room.told.get(terminal) ?? []) {
    writeNow(screen, text(at, offset - base));
    at = offset - base;
    screen.resize(cols, rows);
  }
  writeNow(screen, text(at));
  return screen;
}

function judgeGaps({ clients, floodKib, room }: Simulation): void {
  for (const client of clients) {
    const { up, down } = client.delays;
    const calm = floodKib < CALM_FLOOD_KIB && up + down <= GOOD_LINE_MS && !client.disturbed;
    // Who drove all the time, alone, and acknowledged, had the pty's own pace.
    const drove = room.epochs === 1 && isOnlyTab(clients, client) && room.hands.driver === client.person;
    if (!calm && !(drove && !client.disturbed)) continue;
    const gaps = [...client.views.values()].flatMap(({ watched }) => watched.gaps.filter((gap) => gap > 0));
    expect(gaps, `${client.tab} kept up, and misses nothing`).toEqual([]);
  }
}

function isOnlyTab(clients: readonly SimulatedClient[], client: SimulatedClient): boolean {
  return clients.every((other) => other === client || other.person !== client.person);
}

function judgeResumes({ room }: Simulation): void {
  for (const { link, terminal } of room.resumes) {
    if (room.closed.has(terminal)) continue;
    expect(link.begun.get(terminal), `${link.tab} goes on in terminal ${terminal}`).toBe('resumed');
  }
}

function judgeKeys({ room, clients }: Simulation): void {
  const pressed = new Map(
    clients.flatMap((client) => client.pressed.map((key) => [key.key, { client, key }])),
  );
  const arrived = new Set<number>();
  for (const [terminal, { heard }] of room.shells) {
    const last = new Map<string, number>();
    for (const { bytes, context } of heard) {
      if (context.answer) continue;
      expect(bytes.toString()).toMatch(/^(k\d+;)+$/);
      for (const [, digits] of bytes.toString().matchAll(/k(\d+);/g)) {
        const by = pressed.get(Number(digits));
        if (by === undefined) throw new Error(`nobody pressed ${digits}`);
        const { client, key } = by;
        const what = `key ${digits} of ${client.tab}`;
        expect(arrived.has(key.key), `${what} arrives once`).toBe(false);
        arrived.add(key.key);
        expect(key.key, `${what} arrives in order`).toBeGreaterThan(last.get(client.tab) ?? 0);
        last.set(client.tab, key.key);
        expect(key.terminal).toBe(terminal);
        const { link } = context;
        if (link === null) continue; // it waited for a shell to start
        expect(key.driving && context.driver === client.person, `${what} is the driver’s`).toBe(true);
        expect(key.epoch, `${what} is of this hand`).toBe(context.epoch);
        expect(context.superseded, `${what} comes on the line that its tab has now`).toBe(false);
        if (key.at < link.openedAt) {
          expect(link.welcomedAt - key.at, `${what} is sent again while it is fresh`).toBeLessThan(
            KEYS_EXPIRE_MS,
          );
        }
      }
    }
  }
  for (const { client, key } of pressed.values()) {
    const lasting = key.epoch === room.hands.epoch && room.hands.driver === client.person;
    if (!key.driving || key.expired || !lasting || room.closed.has(key.terminal)) continue;
    if (room.shell(key.terminal).ended) continue;
    expect(arrived.has(key.key), `key ${key.key} of ${client.tab} is not lost`).toBe(true);
  }
}

function judgeAnswers({ room }: Simulation): void {
  const answered: string[] = [];
  for (const { heard } of room.shells.values()) {
    for (const { bytes, context } of heard) {
      if (!context.answer) continue;
      expect(context.driver, 'an answer comes from the driver').toBe(context.link?.person);
      for (const [, id] of bytes.toString().matchAll(/\[\?(\d+);\d\$y/g)) answered.push(id ?? '');
    }
  }
  expect(
    answered.filter((id, n) => answered.indexOf(id) !== n),
    'a question is answered once',
  ).toEqual([]);
}
