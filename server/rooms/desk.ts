/**
 * The desk of a room: its seat, its terminals, and whose hands are on them. It starts shells, lets in
 * keys by epoch, and tells when a shell has ended. Who may ask for what has been looked at before.
 */
import type { ErrorCode } from '#protocol/errors.ts';
import type { AckFrame, InputFrame } from '#protocol/frames.ts';
import { COMPOSING_MS, DEFAULT_SIZE, SECOND } from '#protocol/limits.ts';
import type { Queue, ServerMessage, TerminalInfo } from '#protocol/messages.ts';
import type { Keyboard } from '#protocol/room-state.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Throttle } from '../lib/throttle.ts';
import type { Seat } from '../seats/seat.ts';
import type { SeatSpec } from '../seats/seat-spec.ts';
import type { Opened, Seats } from '../seats/seats.ts';
import { StoreError } from '../store/error.ts';
import type { Mirrors } from '../terminals/mirror.ts';
import type { RoomConnection } from './connection.ts';
import { Listeners } from './listeners.ts';
import { FIRST, Numbers } from './numbers.ts';
import { Shell, type Size, tabOf } from './shell.ts';

/** However fast a driver leafs through the tabs. */
const FRONT_EVERY_MS = 100;
/** Who reloads the page keeps the place in line; who has left gives it up. */
const PLACE_KEPT_MS = 10 * SECOND;

export interface DeskDeps {
  readonly seats: Seats;
  readonly mirrors: Mirrors;
  readonly clock: Clock;
  readonly log: Log;
  readonly spec: () => SeatSpec;
  /** A fresh attempt has taken this one's place: no shell is started any more. */
  readonly ended: boolean;
  readonly broadcast: (message: ServerMessage) => void;
  readonly onSeat: (seat: Seat) => void;
}

export class Desk implements AsyncDisposable {
  readonly #deps: DeskDeps;
  readonly #shells = new Map<number, Shell>();
  readonly #connections = new Set<RoomConnection>();
  /** The connection that each tab has now. An older one may be half open, with keys on their way in it. */
  readonly #current = new Map<string, RoomConnection>();
  /** Whose tab is not to be seen. */
  readonly #hidden = new WeakSet<RoomConnection>();
  readonly #listeners: Listeners;
  readonly #numbers: Numbers;
  readonly #starting = new Map<number, Promise<void>>();
  readonly #tellFront: Throttle;
  #front = FIRST;
  #seat: Seat | null = null;
  #opening: Promise<Opened> | null = null;
  /** Gives up the place in line for a seat. */
  #leaveLine = new AbortController();
  #cancelLeave: (() => void) | null = null;
  #keyboard: Pick<Keyboard, 'driver' | 'epoch'>;
  /** The tab that is in the middle of a conversion, and since when. */
  #composing: { readonly connection: RoomConnection; readonly at: number } | null = null;
  /** While the seat is being made anew: no shell begins before that is done. */
  #restarting: Promise<void> | null = null;
  #disposed = false;

  constructor(deps: DeskDeps, keyboard: Keyboard) {
    this.#deps = deps;
    this.#keyboard = keyboard;
    this.#tellFront = new Throttle(deps.clock, FRONT_EVERY_MS, () => {
      deps.broadcast({ t: 'front', terminal: this.#front });
    });
    const { clock, log } = deps;
    const list = (terminal: number) => this.#shells.get(terminal)?.commands() ?? Promise.resolve([]);
    this.#listeners = new Listeners({ clock, log, list });
    this.#numbers = new Numbers(clock);
    this.#add(FIRST, DEFAULT_SIZE);
  }

  get seat(): Seat | null {
    return this.#seat;
  }

  get terminals(): readonly TerminalInfo[] {
    return [...this.#shells.values()].map((shell) => shell.info);
  }

  /** The terminal that the driver looks at. */
  get front(): number {
    return this.#front;
  }

  /** Why the keyboard should not move at this moment, or null. */
  get busyHands(): ErrorCode | null {
    if ([...this.#shells.values()].some((shell) => shell.asksForPassword)) return 'password-prompt';
    const since = this.#composing?.at;
    return since !== undefined && this.#deps.clock.now() - since < COMPOSING_MS ? 'composing' : null;
  }

  attach(connection: RoomConnection, resume: Readonly<Record<number, number>>): void {
    this.#connections.add(connection);
    this.#cancelLeave?.();
    // What an older connection had to say first can arrive last.
    const known = this.#current.get(tabOf(connection));
    if (known === undefined || known.order < connection.order)
      this.#current.set(tabOf(connection), connection);
    for (const shell of this.#shells.values()) shell.attach(connection, resume[shell.number] ?? null);
  }

  detach(connection: RoomConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0 && this.#opening !== null) {
      this.#cancelLeave?.();
      this.#cancelLeave = this.#deps.clock.after(PLACE_KEPT_MS, () => this.#leaveLine.abort());
    }
    if (this.#current.get(tabOf(connection)) === connection) this.#current.delete(tabOf(connection));
    this.#listeners.detach(connection);
    if (this.#composing?.connection === connection) this.#composing = null;
    for (const shell of this.#shells.values()) shell.detach(connection);
  }

  /**
   * Starts what has never run, and what has failed or was lost with its seat. A shell that has ended
   * stays as it is: everybody may see what its status was.
   */
  async ensure(): Promise<void> {
    const unused = [...this.#shells.values()].filter((shell) => !shell.hasExited);
    await Promise.all(unused.map((shell) => this.#begin(shell)));
  }

  /** A shell again, after one has ended. */
  async start(terminal: number): Promise<ErrorCode | null> {
    const shell = this.#shells.get(terminal);
    if (shell === undefined) return 'not-found';
    await this.#begin(shell);
    return null;
  }

  /**
   * Ends the seat as it was last saved, lets `change` alter what the next one begins with, and starts
   * every terminal again in its place. When the home cannot be saved first, nothing happens.
   */
  async restart(change: () => Promise<boolean>, words: string): Promise<ErrorCode | null> {
    if (this.#disposed) return 'stopping';
    // Whoever waits in line for a seat would wait here as well.
    if (this.#seat === null && this.#starting.size > 0) return 'starting';
    const { promise, resolve } = Promise.withResolvers<void>();
    // From here on nobody begins a shell, and nobody takes the desk away.
    this.#restarting = promise;
    let refused: ErrorCode | null = 'store-failed';
    try {
      await Promise.all(this.#starting.values());
      const seat = this.#seat;
      await this.#saved(seat);
      for (const shell of this.#shells.values()) shell.leave();
      this.#seat = null;
      await seat?.leave();
      if (await change()) refused = null;
      if (refused === null) for (const shell of this.#shells.values()) shell.clearAndSay(words);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'a seat was not made anew');
    } finally {
      this.#restarting = null;
      resolve();
      // How long a full machine lets them wait is nothing that the answer waits for.
      void this.ensure();
    }
    return refused;
  }

  /** Rejects when the disk does not take it. A home that cannot even be read is no reason to keep it. */
  async #saved(seat: Seat | null): Promise<void> {
    try {
      await seat?.save();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      this.#deps.log.warn({ err: error }, 'a home was not saved before its seat was made anew');
    }
  }

  /** A line of ours in every terminal. */
  notice(words: string): void {
    for (const shell of this.#shells.values()) shell.notice(words);
  }

  /** Another terminal beside the others, in the same sandbox. */
  open(connection: RoomConnection): ErrorCode | null {
    const number = this.#numbers.next(this.#shells.size);
    if (typeof number !== 'number') return number;
    const shell = this.#add(number, this.#shells.get(this.#front)?.size ?? DEFAULT_SIZE);
    this.#deps.broadcast({ t: 'terminal', info: shell.info });
    for (const each of this.#connections) shell.attach(each, null, !this.#hidden.has(each));
    shell.activate(connection);
    this.#show(shell.number);
    void this.#begin(shell);
    return null;
  }

  close(terminal: number): ErrorCode | null {
    const shell = this.#shells.get(terminal);
    if (shell === undefined) return null; // closed already, by another tab
    if (this.#shells.size === 1) return 'last-terminal';
    this.#shells.delete(terminal);
    this.#listeners.close(terminal);
    shell[Symbol.dispose]();
    this.#deps.broadcast({ t: 'closed', terminal });
    const [last] = [...this.#shells.keys()].slice(-1);
    if (this.#front === terminal && last !== undefined) this.#show(last);
    return null;
  }

  setFront(terminal: number): void {
    if (this.#shells.has(terminal)) this.#show(terminal);
  }

  setComposing(connection: RoomConnection, on: boolean): void {
    // Said again, it is the same conversion still, and its half minute is running.
    if (on) this.#composing ??= { connection, at: this.#deps.clock.now() };
    else if (this.#composing?.connection === connection) this.#composing = null;
  }

  keyboardMoved(keyboard: Keyboard): void {
    this.#keyboard = keyboard;
    this.#composing = null;
    this.#seat?.setPerson(keyboard.driver);
    for (const shell of this.#shells.values()) shell.driverChanged();
  }

  /** Keys of the driver. Those that were typed before a hand-over or a reconnect are dropped. */
  input(connection: RoomConnection, frame: InputFrame): void {
    const late = frame.epoch !== this.#keyboard.epoch || this.#current.get(tabOf(connection)) !== connection;
    if (!late) this.#shells.get(frame.terminal)?.input(connection, frame);
  }

  acknowledge(connection: RoomConnection, { terminal, offset }: AckFrame): void {
    this.#shells.get(terminal)?.acknowledge(connection, offset);
  }

  setVisible(connection: RoomConnection, visible: boolean): void {
    if (visible) this.#hidden.delete(connection);
    else this.#hidden.add(connection);
    for (const shell of this.#shells.values()) shell.setVisible(connection, visible);
  }

  resize(connection: RoomConnection, terminal: number, { cols, rows }: Size): void {
    this.#shells.get(terminal)?.resize(connection, { cols, rows });
  }

  /** From now on, or no longer, this connection hears of the commands of a terminal. */
  tellCommands(connection: RoomConnection, terminal: number, on: boolean): void {
    if (!on) this.#listeners.remove(connection, terminal);
    else if (this.#shells.has(terminal)) this.#listeners.add(connection, terminal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#cancelLeave?.();
    this.#leaveLine.abort();
    this.#tellFront[Symbol.dispose]();
    this.#listeners[Symbol.dispose]();
    await this.#restarting;
    await Promise.all(this.#starting.values());
    await this.#seat?.[Symbol.asyncDispose]();
    for (const shell of this.#shells.values()) shell[Symbol.dispose]();
  }

  #add(number: number, size: Size): Shell {
    const { mirrors, clock, log, broadcast } = this.#deps;
    const shell = new Shell({
      number,
      size: { cols: size.cols, rows: size.rows },
      mirrors,
      clock,
      log,
      driver: () => this.#keyboard.driver,
      onInfo: (info) => broadcast({ t: 'terminal', info }),
      onCommands: (commands) => this.#listeners.tell(number, commands),
      onFlood: () => this.#seat?.flooded(),
    });
    this.#shells.set(number, shell);
    return shell;
  }

  #show(terminal: number): void {
    if (this.#front === terminal) return;
    this.#front = terminal;
    this.#tellFront.ask();
  }

  /** Its seat is on its way out: what runs in it will not for long, and no shell begins in it. */
  get #ending(): boolean {
    return this.#seat?.ending === true;
  }

  /** Unless it runs or is starting. */
  #begin(shell: Shell): Promise<void> {
    if ((shell.running && !this.#ending) || this.#disposed) return Promise.resolve();
    const under = this.#starting.get(shell.number);
    if (under !== undefined) return under;
    const starting = this.#start(shell).finally(() => this.#starting.delete(shell.number));
    this.#starting.set(shell.number, starting);
    return starting;
  }

  async #start(shell: Shell): Promise<void> {
    if (this.#deps.ended) {
      shell.failed({ code: 'moved-on', values: {} });
      return;
    }
    shell.starting();
    await this.#restarting;
    if (this.#ending) {
      await this.#seat?.ended;
      shell.starting(); // its end was said meanwhile
    }
    if (this.#disposed) return;
    // Shells that start together sit in one seat.
    this.#opening ??= this.#openSeat().finally(() => {
      this.#opening = null;
      this.#cancelLeave?.();
    });
    const opened = await this.#opening;
    if (!opened.ok) {
      // Nobody waits for it any more; who comes back starts it anew.
      if (opened.code !== null) shell.failed({ code: opened.code, values: {} });
      return;
    }
    if (opened.seat !== this.#seat) this.#take(opened.seat);
    await shell.start(opened.seat);
  }

  async #openSeat(): Promise<Opened> {
    this.#leaveLine = new AbortController();
    const queued = (queue: Queue): void => {
      for (const number of this.#starting.keys()) this.#shells.get(number)?.starting(queue);
    };
    return await this.#deps.seats.open(this.#deps.spec(), { queued, signal: this.#leaveLine.signal });
  }

  #take(seat: Seat): void {
    this.#seat = seat;
    seat.setPerson(this.#keyboard.driver);
    this.#deps.onSeat(seat);
    seat.onLimit((words) => this.notice(words));
    void seat.ended.then(({ reason }) => {
      if (this.#seat !== seat) return; // it was given up for another one
      this.#seat = null;
      if (this.#disposed) return;
      if (seat.endedFor === null) this.#deps.log.warn({ reason }, 'a sandbox ended');
      const refusal = { code: seat.endedFor ?? 'shell-died', values: {} } as const;
      for (const shell of this.#shells.values()) shell.failed(refusal);
    });
  }
}
