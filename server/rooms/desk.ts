/**
 * The desk of a room: its seat and its terminal, and whose hands are on it. It starts shells, lets in
 * keys by epoch, decides which tab gives the size and the pace, and tells when a shell has ended.
 */
import type { ErrorCode } from '#protocol/errors.ts';
import type { PersonId } from '#protocol/ids.ts';
import { COLS, DEFAULT_SIZE, ROWS } from '#protocol/limits.ts';
import type { TerminalInfo } from '#protocol/messages.ts';
import type { Keyboard } from '#protocol/room-state.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Seat, SeatSpec, Seats } from '../seats/seat.ts';
import type { Mirrors } from '../terminals/mirror.ts';
import { Terminal } from '../terminals/terminal.ts';
import type { Viewer } from '../terminals/viewer.ts';
import type { RoomConnection } from './connection.ts';

/** Messages with keys that wait for a shell: some seconds of a fast typist. */
const TYPED_AHEAD = 100;
/** The one terminal that a desk has until there are tabs. */
const TERMINAL = 1;

export interface DeskDeps {
  readonly seats: Seats;
  readonly mirrors: Mirrors;
  readonly clock: Clock;
  readonly log: Log;
  readonly spec: () => SeatSpec;
  /** A fresh attempt has taken this one's place: no shell is started any more. */
  readonly ended: boolean;
  /** The terminal's state changed. */
  readonly onInfo: (info: TerminalInfo) => void;
  readonly onSeat: (seat: Seat) => void;
}

export class Desk implements AsyncDisposable {
  readonly #deps: DeskDeps;
  readonly #terminal: Terminal;
  readonly #viewers = new Map<RoomConnection, Viewer>();
  /** Last `i` taken per tab: what a reconnect sends again is dropped. */
  readonly #lastInput = new Map<string, number>();
  /** What each tab would like; counts as soon as that tab types. */
  readonly #wanted = new Map<RoomConnection, { readonly cols: number; readonly rows: number }>();
  #status: TerminalInfo['state'] = { status: 'starting' };
  #seat: Seat | null = null;
  #starting: Promise<void> | null = null;
  #keyboard: Pick<Keyboard, 'driver' | 'epoch'>;
  /** The tab that last typed: it alone gives size and pace. */
  #active: RoomConnection | null = null;
  /** Keys that came while the shell was starting: it reads them first. */
  #typedAhead: Uint8Array[] = [];
  #disposed = false;
  /** False while a password prompt is open. */
  #echo = true;

  constructor(deps: DeskDeps, keyboard: Keyboard) {
    this.#deps = deps;
    this.#keyboard = keyboard;
    this.#terminal = new Terminal({
      number: TERMINAL,
      ...DEFAULT_SIZE,
      mirrors: deps.mirrors,
      clock: deps.clock,
    });
  }

  get seat(): Seat | null {
    return this.#seat;
  }

  /** A password prompt is open: what is typed now belongs to who began to type it. */
  get asksForPassword(): boolean {
    return !this.#echo && this.#terminal.running;
  }

  get info(): TerminalInfo {
    return { terminal: TERMINAL, ...this.#terminal.size, state: this.#status };
  }

  attach(connection: RoomConnection, resume: Readonly<Record<number, number>>): void {
    const port = {
      output: (frame: Uint8Array, sent: () => void) => connection.output(frame, sent),
      buffered: () => connection.buffered(),
      resumed: (from: number) => connection.send({ t: 'resumed', terminal: TERMINAL, from }),
      snapshot: (snapshot: { offset: number; cols: number; rows: number; vt: string }, gap: number) =>
        connection.send({ t: 'snapshot', terminal: TERMINAL, ...snapshot, gap }),
    };
    this.#viewers.set(connection, this.#terminal.attach(port, resume[TERMINAL] ?? null));
    if (this.#active === null && connection.person === this.#keyboard.driver) this.#activate(connection);
  }

  detach(connection: RoomConnection): void {
    const viewer = this.#viewers.get(connection);
    this.#viewers.delete(connection);
    this.#wanted.delete(connection);
    if (viewer !== undefined) this.#terminal.detach(viewer);
    if (this.#active === connection) this.#activate(this.#anyTabOf(this.#keyboard.driver));
  }

  /** Starts seat and shell unless they run or are starting. */
  ensure(): Promise<void> {
    if (this.#terminal.running || this.#disposed) return Promise.resolve();
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  keyboardMoved(keyboard: Keyboard): void {
    this.#keyboard = keyboard;
    this.#seat?.setPerson(keyboard.driver);
    this.#activate(this.#anyTabOf(keyboard.driver));
  }

  /** Null when the keys were taken, or dropped as ones that were typed before a hand-over. */
  input(connection: RoomConnection, epoch: number, i: number, data: string): ErrorCode | null {
    if (this.#keyboard.driver === null) return 'nobody-drives';
    if (connection.person !== this.#keyboard.driver) return 'not-driver';
    if (epoch !== this.#keyboard.epoch) return null;
    if (i <= (this.#lastInput.get(connection.tab) ?? 0)) return null;
    this.#lastInput.set(connection.tab, i);
    if (this.#active !== connection) {
      this.#activate(connection);
      this.#applySize(connection);
    }
    this.#write(new TextEncoder().encode(data));
    return null;
  }

  acknowledge(connection: RoomConnection, offset: number): void {
    const viewer = this.#viewers.get(connection);
    if (viewer !== undefined) this.#terminal.acknowledge(viewer, offset);
  }

  setVisible(connection: RoomConnection, visible: boolean): void {
    const viewer = this.#viewers.get(connection);
    if (viewer !== undefined) this.#terminal.setVisible(viewer, visible);
  }

  /** The active tab's size is the size. */
  resize(connection: RoomConnection, cols: number, rows: number): void {
    this.#wanted.set(connection, { cols: within(cols, COLS), rows: within(rows, ROWS) });
    if (connection === this.#active) this.#applySize(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#starting;
    await this.#seat?.[Symbol.asyncDispose]();
    this.#terminal[Symbol.dispose]();
  }

  async #start(): Promise<void> {
    if (this.#deps.ended) {
      this.#say({ status: 'failed', refusal: { code: 'moved-on', values: {} } });
      return;
    }
    this.#typedAhead = [];
    this.#say({ status: 'starting' });
    const opened = await this.#deps.seats.open(this.#deps.spec());
    if (!opened.ok) {
      this.#say({ status: 'failed', refusal: { code: opened.code, values: {} } });
      return;
    }
    const { seat } = opened;
    if (seat !== this.#seat) this.#take(seat);
    try {
      const { cols, rows } = this.#terminal.size;
      const pty = await seat.openPty(cols, rows);
      this.#echo = true;
      pty.onEcho((on) => {
        this.#echo = on;
      });
      this.#terminal.run(pty, ({ code, signal }) => {
        this.#say({ status: 'exited', code, signal });
      });
      // The size may have changed while the shell was starting.
      if (this.#terminal.size.cols !== cols || this.#terminal.size.rows !== rows) {
        pty.resize(this.#terminal.size.cols, this.#terminal.size.rows);
      }
      for (const bytes of this.#typedAhead.splice(0)) this.#terminal.input(bytes);
      this.#say({ status: 'running' });
    } catch (error) {
      this.#deps.log.error({ err: error }, 'a shell could not be opened');
      this.#say({ status: 'failed', refusal: { code: 'shell-failed', values: {} } });
    }
  }

  /** After a shell has ended there is nobody to read; only one that is starting will. */
  #write(bytes: Uint8Array): void {
    if (this.#terminal.running) this.#terminal.input(bytes);
    else if (this.#status.status === 'starting' && this.#typedAhead.length < TYPED_AHEAD) {
      this.#typedAhead.push(bytes);
    }
  }

  #take(seat: Seat): void {
    this.#seat = seat;
    seat.setPerson(this.#keyboard.driver);
    this.#deps.onSeat(seat);
    void seat.ended.then(({ reason }) => {
      if (this.#seat === seat) this.#seat = null;
      if (this.#disposed) return;
      if (seat.endedFor === null) this.#deps.log.warn({ reason }, 'a sandbox ended');
      this.#say({ status: 'failed', refusal: { code: seat.endedFor ?? 'shell-failed', values: {} } });
    });
  }

  #say(status: TerminalInfo['state']): void {
    this.#status = status;
    this.#deps.onInfo(this.info);
  }

  #activate(connection: RoomConnection | null): void {
    this.#active = connection;
    const viewer = connection === null ? undefined : this.#viewers.get(connection);
    this.#terminal.pace(viewer ?? null);
  }

  #applySize(connection: RoomConnection): void {
    const wanted = this.#wanted.get(connection);
    if (wanted !== undefined && this.#terminal.resize(wanted.cols, wanted.rows)) this.#deps.onInfo(this.info);
  }

  #anyTabOf(person: PersonId | null): RoomConnection | null {
    for (const connection of this.#viewers.keys()) if (connection.person === person) return connection;
    return null;
  }
}

function within(value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(max, Math.max(min, Math.trunc(value)));
}
