/** Who comes late, and who comes back. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { decodeServerFrame } from '#protocol/frames.ts';
import { MIB } from '#protocol/limits.ts';
import type { Person } from '../../support/person.ts';
import type { Classroom } from './classroom.ts';
import { Line } from './line.ts';
import { doorOf, OursWire, spell } from './ours.ts';
import { BLOCK_BYTES, END_MARK, printPart } from './text.ts';

export const SIZE = { cols: 120, rows: 40 } as const;
/** 540 lines of 120 characters, in 20 colours each: the screen, and 500 above it. */
export const FILL =
  `i=0; while [ $i -lt 540 ]; do j=0; s=; while [ $j -lt 20 ]; do ` +
  `s="$s\\033[38;5;$(((i + j) % 256))m$((100000 + i * 20 + j))"; j=$((j+1)); done; ` +
  `printf "$s\\033[0m\\n"; i=$((i+1)); done; printf '\\036'`;
/** The least that such a screen and its scrollback come to, unpacked. */
const WHOLE_BYTES = 540 * SIZE.cols;
const PAUSE_MS = 50;

/** Milliseconds from the hello to the unpacked screen. */
export async function lateJoinTimes(
  classroom: Classroom,
  driver: Line,
  person: Person,
  rounds: number,
): Promise<number[]> {
  driver.say(spell({ t: 'size', terminal: 1, ...SIZE }));
  await driver.run(FILL);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await delay(PAUSE_MS);
    times.push(await lateJoin(person, classroom.room));
  }
  return times;
}

async function lateJoin(person: Person, room: string): Promise<number> {
  const [url, protocols] = await doorOf(person, room);
  const socket = new WebSocket(url, protocols, { origin: person.origin, perMessageDeflate: false });
  await once(socket, 'open');
  const helloAt = performance.now();
  const took = await new Promise<number>((resolve, reject) => {
    socket.on('close', () => reject(new Error('a late joiner was sent away')));
    socket.on('message', (data: Buffer, binary) => {
      const frame = binary ? decodeServerFrame(data) : null;
      if (frame?.kind !== 'snapshot') return;
      const screen = inflateRawSync(frame.packed);
      if (screen.length < WHOLE_BYTES) reject(new Error(`a screen of ${screen.length} bytes is not whole`));
      resolve(performance.now() - helloAt);
    });
    socket.send(new OursWire().open);
  });
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return took;
}

export interface Resumed {
  /** The driver's connection after the last round. */
  readonly line: Line;
  /** From the hello to the last byte. */
  readonly times: readonly number[];
}

/** The driver is cut off, misses 1 MiB, and comes back; `watcher` sees when all of it has been printed. */
export async function resumeTimes(
  classroom: Classroom,
  driver: { readonly line: Line; readonly wire: OursWire },
  watcher: Line,
  rounds: number,
): Promise<Resumed> {
  const { command, total } = printPart(Math.ceil(MIB / BLOCK_BYTES));
  const { wire } = driver;
  const times: number[] = [];
  let line = driver.line;
  for (let round = 0; round < rounds; round += 1) {
    await watcher.until(
      (bytes) => bytes.at(-1) === END_MARK,
      () => {
        line.type(`sleep 0.3; ${command}\r`);
        setTimeout(() => line.cut(), PAUSE_MS);
      },
    );
    const [url, protocols] = await doorOf(classroom.owner, classroom.room);
    line = await Line.connect(url, wire, protocols);
    let bytes = 0;
    let helloAt = 0;
    await line.until(
      (chunk) => {
        bytes += chunk.length;
        return chunk.at(-1) === END_MARK;
      },
      () => {
        helloAt = performance.now();
        line.hello();
      },
    );
    times.push(performance.now() - helloAt);
    wire.lost += Math.abs(total + 1 - bytes);
  }
  return { line, times };
}
