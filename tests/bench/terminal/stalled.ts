/**
 * A viewer that stops reading from its socket. Nothing leaves the server for it any more, so that all
 * that was ever handed to its socket arrives when it reads again, before the screen by which it goes on:
 * that is the peak of queue and `bufferedAmount` together, with what the kernel held of it.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { decodeServerFrame, encodeAck } from '#protocol/frames.ts';
import { MIB } from '#protocol/limits.ts';
import type { Person } from '../../support/person.ts';
import type { Classroom } from './classroom.ts';
import type { Line } from './line.ts';
import { doorOf, OursWire } from './ours.ts';
import { inTurn, median } from './statistics.ts';
import { END_MARK, printText } from './text.ts';

/**
 * 24 MB for each of the two, in each of many floods: short ones, since both sides of a ratio should meet
 * the same of what else the machine does.
 */
const FILES = 24;

export interface Stalled {
  readonly viewerMiB: number;
  readonly healthyRatio: number;
}

export async function stalledViewer(
  classroom: Classroom,
  driver: Line,
  viewer: Line,
  rounds: number,
): Promise<Stalled> {
  const staller = await classroom.visitor('止まる人');
  const held: number[] = [];
  const ratios: number[] = [];
  await flood(driver, viewer);
  for (let round = 0; round < rounds; round += 1) {
    const rates = { beside: 0, alone: 0 };
    for (const which of inTurn(['beside', 'alone'] as const, round)) {
      if (which === 'alone') rates.alone = await flood(driver, viewer);
      else {
        const stalled = await StalledViewer.open(staller, classroom.room);
        rates.beside = await flood(driver, viewer);
        held.push(await stalled.held());
      }
    }
    ratios.push(rates.beside / rates.alone);
  }
  return { viewerMiB: Math.max(...held) / MIB, healthyRatio: median(ratios) };
}

/** MB/s that the two of them get. */
async function flood(driver: Line, viewer: Line): Promise<number> {
  let firstAt = 0;
  let bytes = 0;
  const take = (chunk: Buffer) => {
    if (firstAt === 0) firstAt = performance.now();
    bytes += chunk.length;
    return chunk.at(-1) === END_MARK;
  };
  await Promise.all([
    viewer.until(take, () => undefined),
    driver.until(take, () => driver.type(`${printText(FILES)}\r`)),
  ]);
  return bytes / 1e3 / (performance.now() - firstAt);
}

class StalledViewer {
  readonly #socket: WebSocket;
  #bytes = 0;
  #screens = 0;
  #onScreen: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, binary) => {
      const frame = binary ? decodeServerFrame(data) : null;
      if (frame?.kind === 'snapshot') {
        this.#screens += 1;
        this.#onScreen();
        return;
      }
      if (this.#screens === 1) this.#bytes += data.length;
      if (frame !== null) socket.send(encodeAck(frame.terminal, frame.offset + frame.bytes.length));
    });
  }

  /** Reads its first screen and then no more. */
  static async open(person: Person, room: string): Promise<StalledViewer> {
    const [url, protocols] = await doorOf(person, room);
    const socket = new WebSocket(url, protocols, { origin: person.origin, perMessageDeflate: false });
    const viewer = new StalledViewer(socket);
    await once(socket, 'open');
    const screen = viewer.#nextScreen();
    socket.send(new OursWire().open);
    await screen;
    socket.pause();
    return viewer;
  }

  /** Reads again, and leaves: bytes that were waiting for it. */
  async held(): Promise<number> {
    const screen = this.#nextScreen();
    this.#socket.resume();
    await screen;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
    return this.#bytes;
  }

  #nextScreen(): Promise<void> {
    return new Promise((resolve) => {
      this.#onScreen = resolve;
    });
  }
}
