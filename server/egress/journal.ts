import type { EgressConnection, EgressView } from '#protocol/seat.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Throttle } from '../lib/throttle.ts';
import { CONNECTIONS_PER_MINUTE, SAY_EVERY_MS, SHOWN_CONNECTIONS, TELL_EVERY_MS } from './limits.ts';
import { noticeOf, type Refused } from './notice.ts';

const MINUTE_MS = 60_000;

export interface JournalOptions {
  readonly seat: string;
  readonly listed: readonly string[];
  readonly tell: (view: EgressView) => void;
  /** Says something in the terminals. */
  readonly say: (words: string) => void;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** What is shown of a connection changes as it goes; its place does not. */
interface Place {
  entry: EgressConnection;
}

/** One connection, as it goes. */
export interface Entry {
  moved(way: 'out' | 'in', bytes: number): void;
  /** Said once, when it is over. */
  ended(): void;
}

/** Every connection, for the page and for the log of the server: where to and how much, never what. */
export class Journal implements Disposable {
  readonly #options: JournalOptions;
  readonly #shown: Place[] = [];
  readonly #soon: Throttle;
  #over = false;
  #saidAt = Number.NEGATIVE_INFINITY;
  #minute = { began: Number.NEGATIVE_INFINITY, count: 0, turnedAway: 0 };

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#soon = new Throttle(options.clock, TELL_EVERY_MS, () => this.#tell());
    this.#tell();
  }

  /** Counts a connection in; false when this minute has had enough of them. */
  mayBegin(): boolean {
    const now = this.#options.clock.now();
    const since = now - this.#minute.began;
    if (since < 0 || since >= MINUTE_MS) {
      this.#saySummary();
      this.#minute = { began: now, count: 0, turnedAway: 0 };
    }
    this.#minute.count += 1;
    return this.#minute.count <= CONNECTIONS_PER_MINUTE;
  }

  /** One of a flood: those of a minute share a place on the page and a line in the log. */
  turnedAway(): void {
    this.#minute.turnedAway += 1;
    if (this.#minute.turnedAway > 1) return;
    const at = this.#options.clock.now();
    this.#show({ entry: { at, host: '', port: 0, outcome: 'too-many', bytesOut: 0, bytesIn: 0 } });
  }

  refused(host: string, port: number, outcome: Refused): void {
    const { clock, log, seat } = this.#options;
    this.#show({ entry: { at: clock.now(), host, port, outcome, bytesOut: 0, bytesIn: 0 } });
    log.info({ seat, host, port, outcome }, 'a connection to the outside was refused');
    const words = noticeOf(host, port, outcome);
    const now = clock.now();
    if (words === null || Math.abs(now - this.#saidAt) < SAY_EVERY_MS) return;
    this.#saidAt = now;
    this.#options.say(words);
  }

  opened(host: string, port: number): Entry {
    const { clock, log, seat } = this.#options;
    const at = clock.now();
    const place: Place = { entry: { at, host, port, outcome: 'open', bytesOut: 0, bytesIn: 0 } };
    this.#show(place);
    return {
      moved: (way, bytes) => {
        const { bytesOut, bytesIn } = place.entry;
        place.entry =
          way === 'out'
            ? { ...place.entry, bytesOut: bytesOut + bytes }
            : { ...place.entry, bytesIn: bytesIn + bytes };
        this.#ask();
      },
      ended: () => {
        place.entry = { ...place.entry, outcome: 'closed' };
        this.#ask();
        const { bytesOut, bytesIn } = place.entry;
        const ms = clock.now() - at;
        log.info(
          { seat, host, port, outcome: 'closed', bytesOut, bytesIn, ms },
          'a connection to the outside',
        );
      },
    };
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#soon[Symbol.dispose]();
    this.#saySummary();
  }

  #show(place: Place): void {
    this.#shown.unshift(place);
    this.#shown.splice(SHOWN_CONNECTIONS);
    this.#ask();
  }

  #ask(): void {
    if (!this.#over) this.#soon.ask();
  }

  #saySummary(): void {
    const { turnedAway } = this.#minute;
    const { log, seat } = this.#options;
    if (turnedAway > 0) log.warn({ seat, turnedAway }, 'connections to the outside were too many');
  }

  #tell(): void {
    const { tell, listed } = this.#options;
    tell({ allowed: listed, connections: this.#shown.map(({ entry }) => entry) });
  }
}
