/**
 * Who sees the list of commands beside which terminal. A list can be most of a megabyte, and anybody in
 * the room may ask: lists are sent in rounds, one a second, of which each connection gets one.
 */
import { KIB, SECOND } from '#protocol/limits.ts';
import type { CommandView, ServerMessage } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Throttle } from '../lib/throttle.ts';
import type { RoomConnection } from './connection.ts';

/** More than a watcher of a flood has waiting, and with a whole list far from what ends a connection. */
const BEHIND_BYTES = 512 * KIB;

/** By terminal: whether the list is owed. Who is owed one needs no news, since the list will have it. */
type Wishes = Map<number, 'owed' | 'had'>;

export interface ListenersDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The last commands of a terminal that is open. */
  readonly list: (terminal: number) => Promise<readonly CommandView[]>;
}

export class Listeners implements Disposable {
  readonly #deps: ListenersDeps;
  readonly #wishes = new Map<RoomConnection, Wishes>();
  readonly #rounds: Throttle;
  /** Lists that are on their way from the mirror. */
  #asked = 0;

  constructor(deps: ListenersDeps) {
    this.#deps = deps;
    this.#rounds = new Throttle(deps.clock, SECOND, () => this.#round());
  }

  add(connection: RoomConnection, terminal: number): void {
    const wishes: Wishes = this.#wishes.get(connection) ?? new Map();
    if (wishes.has(terminal)) return;
    this.#wishes.set(connection, wishes.set(terminal, 'owed'));
    this.#rounds.ask();
  }

  remove(connection: RoomConnection, terminal: number): void {
    this.#wishes.get(connection)?.delete(terminal);
  }

  detach(connection: RoomConnection): void {
    this.#wishes.delete(connection);
  }

  /** The terminal is gone. */
  close(terminal: number): void {
    for (const wishes of this.#wishes.values()) wishes.delete(terminal);
  }

  tell(terminal: number, commands: readonly CommandView[]): void {
    const news: ServerMessage = { t: 'commands', terminal, commands };
    for (const [connection, wishes] of this.#wishes) {
      if (wishes.get(terminal) !== 'had') continue;
      if (connection.buffered() < BEHIND_BYTES) connection.send(news);
      else {
        wishes.set(terminal, 'owed');
        this.#rounds.ask();
      }
    }
  }

  [Symbol.dispose](): void {
    this.#rounds[Symbol.dispose]();
  }

  #round(): void {
    if (this.#asked > 0) {
      this.#rounds.ask();
      return;
    }
    const next = new Map<number, RoomConnection[]>();
    for (const [connection, wishes] of this.#wishes) {
      const owed = [...wishes].filter(([, wish]) => wish === 'owed');
      const [first] = owed[0] ?? [];
      const reads = connection.buffered() < BEHIND_BYTES;
      if (first !== undefined && reads) next.set(first, [...(next.get(first) ?? []), connection]);
      if (owed.length > (reads ? 1 : 0)) this.#rounds.ask();
    }
    for (const [terminal, connections] of next) void this.#send(terminal, connections);
  }

  async #send(terminal: number, connections: readonly RoomConnection[]): Promise<void> {
    this.#asked += 1;
    const commands = await this.#deps.list(terminal).catch((error: unknown) => {
      this.#deps.log.warn({ err: error }, 'commands could not be listed');
      return null;
    });
    this.#asked -= 1;
    const list: ServerMessage | null = commands && { t: 'commands', terminal, commands };
    for (const connection of connections) {
      const wishes = this.#wishes.get(connection);
      if (wishes?.get(terminal) !== 'owed') continue; // it has looked away meanwhile
      wishes.set(terminal, 'had');
      if (list !== null) connection.send(list);
    }
  }
}
