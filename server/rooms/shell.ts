/**
 * One terminal of a desk: its shell's life, who looks at it, and which of the driver's tabs gives size
 * and pace. It is told who the driver is, and asks nobody.
 */
import { encodeSnapshot, type InputFrame } from '#protocol/frames.ts';
import type { PersonId } from '#protocol/ids.ts';
import { COLS, ROWS } from '#protocol/limits.ts';
import type { CommandView, Queue, Refusal, TerminalInfo } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Throttle } from '../lib/throttle.ts';
import type { Seat } from '../seats/seat.ts';
import type { Mirrors } from '../terminals/mirror.ts';
import { Terminal } from '../terminals/terminal.ts';
import type { Viewer } from '../terminals/viewer.ts';
import type { RoomConnection } from './connection.ts';
import { remember } from './remember.ts';
import { ShellCommands } from './shell-commands.ts';

/** Messages with keys that wait for a shell: some seconds of a fast typist. */
const TYPED_AHEAD = 100;
/** Every page load is a tab with a name of its own; older ones do not come back. */
const TABS = 64;
/** A window that is being dragged asks for many sizes; each is told to everybody. */
const SIZE_EVERY_MS = 50;

/** RIS: modes, colours and screens of programs that were ended without warning. */
const CLEAN = '\x1bc';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export interface ShellOptions {
  readonly number: number;
  readonly size: Size;
  readonly mirrors: Mirrors;
  readonly clock: Clock;
  readonly log: Log;
  readonly driver: () => PersonId | null;
  /** The state changed. */
  readonly onInfo: (info: TerminalInfo) => void;
  /** Commands began or ended. */
  readonly onCommands: (commands: readonly CommandView[]) => void;
  /** It prints without end while nobody looks. */
  readonly onFlood: () => void;
}

export class Shell implements Disposable {
  readonly number: number;
  readonly #options: ShellOptions;
  readonly #terminal: Terminal;
  readonly #commands: ShellCommands;
  readonly #viewers = new Map<RoomConnection, Viewer>();
  /** Last `i` taken per tab: what a reconnect sends again is dropped. */
  readonly #lastInput = new Map<string, number>();
  /** What each tab would like; counts as soon as that tab types. */
  readonly #wanted = new Map<RoomConnection, Size>();
  /** The tab that last typed: it alone gives size and pace, and answers what programs ask. */
  #active: RoomConnection | null = null;
  /** Whose tab was active last, and since which offset: what programs asked before was asked of another. */
  #asked: { readonly tab: string; readonly from: number } = { tab: '', from: 0 };
  readonly #sizing: Throttle;
  #state: TerminalInfo['state'] = { status: 'starting', queue: null };
  /** Keys that came while the shell was starting: it reads them first. */
  #typedAhead: Uint8Array[] = [];
  /** False while a password prompt is open. */
  #echo = true;
  #disposed = false;
  /** Hears no more of the seat's secrets. */
  #unhide: () => void = () => undefined;

  constructor(options: ShellOptions) {
    this.number = options.number;
    this.#options = options;
    const { number, mirrors, clock } = options;
    this.#terminal = new Terminal({
      number,
      ...options.size,
      mirrors,
      clock,
      onCommand: (command) => this.#commands.heard(command),
      onCommandsReset: () => this.#commands.reset(),
      onFlood: options.onFlood,
    });
    this.#sizing = new Throttle(clock, SIZE_EVERY_MS, () => this.#applySize());
    this.#commands = new ShellCommands(clock, {
      driver: options.driver,
      list: () => this.#terminal.commands(),
      changed: (commands, running) => {
        if (commands.length > 0) options.onCommands(commands);
        if (running) this.#tell();
      },
    });
  }

  get running(): boolean {
    return this.#terminal.running;
  }

  /** By itself, and not with its seat. */
  get hasExited(): boolean {
    return this.#state.status === 'exited';
  }

  get #hasFailed(): boolean {
    return this.#state.status === 'failed';
  }

  /** A password prompt is open: what is typed now belongs to who began to type it. */
  get asksForPassword(): boolean {
    return !this.#echo && this.#terminal.running;
  }

  get info(): TerminalInfo {
    // What the mirror still has to say of a shell that has ended runs no more.
    const command = this.#terminal.running ? this.#commands.running : null;
    return { terminal: this.number, command, state: this.#state };
  }

  get size(): Size {
    return this.#terminal.size;
  }

  attach(connection: RoomConnection, resumeFrom: number | null, visible = true): void {
    const terminal = this.number;
    const port = {
      output: (frame: Uint8Array, sent: () => void) => connection.output(frame, sent),
      buffered: () => connection.buffered(),
      resumed: (from: number) => connection.send({ t: 'resumed', terminal, from }),
      resized: (mark: Size & { readonly offset: number }) =>
        connection.send({ t: 'resized', terminal, ...mark }),
      snapshot: (
        snapshot: Size & { readonly offset: number; readonly packed: Uint8Array },
        gap: number,
        sent: () => void,
      ) => connection.output(encodeSnapshot({ terminal, ...snapshot, gap }), sent),
    };
    const driver = connection.person === this.#options.driver();
    const viewer = this.#terminal.attach(port, resumeFrom, driver);
    this.#viewers.set(connection, viewer);
    if (!visible) this.#terminal.setVisible(viewer, false);
    // Its earlier connection may be half open still.
    const active = this.#active;
    const back = active !== null && tabOf(active) === tabOf(connection) && active.order < connection.order;
    if (driver && (back || this.#active === null)) this.activate(connection);
  }

  detach(connection: RoomConnection): void {
    const viewer = this.#viewers.get(connection);
    this.#viewers.delete(connection);
    this.#wanted.delete(connection);
    if (viewer !== undefined) this.#terminal.detach(viewer);
    if (this.#active === connection) this.driverChanged();
  }

  driverChanged(): void {
    const person = this.#options.driver();
    const tabs: RoomConnection[] = [];
    for (const [connection, viewer] of this.#viewers) {
      const driver = connection.person === person;
      this.#terminal.setDriver(viewer, driver);
      if (driver) tabs.push(connection);
    }
    this.activate(tabs.find((tab) => this.#viewers.get(tab)?.visible) ?? tabs[0] ?? null);
  }

  /** From now on this tab of the driver's gives size and pace, and answers. */
  activate(connection: RoomConnection | null): void {
    this.#active = connection;
    if (connection !== null && tabOf(connection) !== this.#asked.tab) {
      this.#asked = { tab: tabOf(connection), from: this.#terminal.end };
    }
    const viewer = connection === null ? undefined : this.#viewers.get(connection);
    this.#terminal.pace(viewer ?? null);
  }

  /** A pty of this seat, in this terminal. */
  async start(seat: Seat): Promise<void> {
    try {
      const { cols, rows } = this.#terminal.size;
      const pty = await seat.openPty(cols, rows);
      if (this.#disposed || this.#hasFailed) {
        pty.kill('SIGKILL');
        return;
      }
      this.#unhide();
      this.#unhide = seat.onSecret((value) => this.#terminal.hide(Buffer.from(value)));
      this.#echo = true;
      pty.onEcho((on) => {
        this.#echo = on;
      });
      this.#terminal.run(pty, ({ code, signal }) => {
        this.#commands.ended();
        // One that is lost with its seat may end after that was told.
        if (!this.#hasFailed) this.#say({ status: 'exited', code, signal });
      });
      const { size } = this.#terminal;
      // It may have changed while the shell was starting.
      if (size.cols !== cols || size.rows !== rows) pty.resize(size.cols, size.rows);
      for (const bytes of this.#typedAhead.splice(0)) this.#terminal.input(bytes);
      this.#say({ status: 'running' });
    } catch (error) {
      if (this.#hasFailed) return; // its seat has ended under it, and that says why
      this.#options.log.error({ err: error }, 'a shell could not be opened');
      this.failed({ code: 'shell-failed', values: {} });
    }
  }

  /** What runs in it goes with its seat, and another begins in its place. */
  leave(): void {
    this.#commands.ended();
    this.#terminal.release();
    this.#typedAhead = [];
    this.#say({ status: 'starting', queue: null });
  }

  /** On a clean screen, whatever a program had made of it. */
  clearAndSay(words: string): void {
    this.#terminal.say(`${CLEAN}${words}\r\n`);
  }

  /** Of ours, in lines of their own, for everybody who looks. Each language begins a line. */
  notice(words: string): void {
    this.#terminal.aside(words.split(' / '));
  }

  /** With a place in line while the machine is full. */
  starting(queue: Queue | null = null): void {
    if (this.#state.status !== 'starting') this.#typedAhead = [];
    this.#say({ status: 'starting', queue });
  }

  failed(refusal: Refusal): void {
    this.#commands.ended();
    this.#say({ status: 'failed', refusal });
  }

  /** Keys of the driver. Those that came before are dropped; an answer counts from the active tab alone. */
  input(connection: RoomConnection, { i, answer, bytes }: InputFrame): void {
    const tab = tabOf(connection);
    if (i <= (this.#lastInput.get(tab) ?? 0)) return;
    remember(this.#lastInput, tab, i, TABS);
    if (answer && !this.#mayAnswer(connection)) return;
    if (this.#active !== connection) {
      this.activate(connection);
      this.#applySize();
    }
    // After a shell has ended there is nobody to read; only one that is starting will.
    if (this.#terminal.running) this.#terminal.input(bytes);
    else if (this.#state.status === 'starting' && this.#typedAhead.length < TYPED_AHEAD && !answer) {
      this.#typedAhead.push(bytes);
    }
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
  resize(connection: RoomConnection, size: Size): void {
    this.#wanted.set(connection, size);
    if (connection === this.#active) this.#sizing.ask();
  }

  commands(): Promise<readonly CommandView[]> {
    return this.#commands.list();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#unhide();
    this.#sizing[Symbol.dispose]();
    this.#commands[Symbol.dispose]();
    this.#terminal[Symbol.dispose]();
  }

  #say(state: TerminalInfo['state']): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    if (this.#disposed) return; // what it still has to say is news of a closed terminal
    this.#options.onInfo(this.info);
  }

  /** Only what was asked while it was the active tab, and has not been shown to it before. */
  #mayAnswer(connection: RoomConnection): boolean {
    const viewer = this.#viewers.get(connection);
    if (viewer === undefined || connection !== this.#active) return false;
    // Acknowledgements come in order with answers: before this one, older output could still be in question.
    return viewer.acked >= Math.max(this.#asked.from, viewer.shown);
  }

  #applySize(): void {
    const wanted = this.#active === null ? undefined : this.#wanted.get(this.#active);
    if (wanted !== undefined) this.#terminal.resize(within(wanted.cols, COLS), within(wanted.rows, ROWS));
  }
}

/** Two people’s tabs are two, whatever they call them. */
export function tabOf({ person, tab }: RoomConnection): string {
  return `${person}/${tab}`;
}

function within(value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(max, Math.max(min, Math.trunc(value)));
}
