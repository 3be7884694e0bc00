/** The server's side of the simulation: a real desk with a scripted seat, and a room's few duties around it. */
import type { AckFrame, InputFrame } from '#protocol/frames.ts';
import { SCROLLBACK_BYTES } from '#protocol/limits.ts';
import type { ClientMessage, ServerMessage } from '#protocol/messages.ts';
import { silentLog } from '../../../server/lib/log.ts';
import type { RoomConnection } from '../../../server/rooms/connection.ts';
import { Desk } from '../../../server/rooms/desk.ts';
import { lacking } from '../../../server/rooms/permission.ts';
import type { SeatSpec } from '../../../server/seats/seat-spec.ts';
import type { MirrorOptions } from '../../../server/terminals/mirror.ts';
import type { ManualClock } from '../manual-clock.ts';
import type { SimulatedClient, SimulatedRoom } from './client.ts';
import type { GatedMirrors } from './gated-mirrors.ts';
import { type Delays, type Hands, Link } from './link.ts';
import { RecordedPty, scriptedSeats, Truth, type Written } from './scripted-seat.ts';

/** Whose frame reaches a shell, and how the keyboard stands. */
export interface Arrival {
  readonly link: Link | null;
  /** The same tab had a newer connection already. */
  readonly superseded: boolean;
  readonly answer: boolean;
  readonly epoch: number;
  readonly driver: string | null;
}

export interface Shell {
  readonly truth: Truth;
  readonly heard: Written<Arrival>[];
  pty: RecordedPty<Arrival> | null;
  /** Ended once: keys may have had no reader. */
  ended: boolean;
}

/** Attached to nothing that could fail: what each terminal's sizes were, in order. */
const WITNESS = { person: 'witness', tab: 'witness' };

export class SimulatedDesk implements SimulatedRoom, AsyncDisposable {
  readonly desk: Desk;
  readonly shells = new Map<number, Shell>();
  /** Terminals that were closed. */
  readonly closed = new Set<number>();
  hands: Hands = { driver: null, epoch: 0 };
  /** How often the keyboard moved. */
  epochs = 0;
  readonly links = new Set<Link>();
  /** Sizes that the witness was told, by terminal. */
  readonly told = new Map<
    number,
    { readonly offset: number; readonly cols: number; readonly rows: number }[]
  >();
  /** Who said hello with an offset from which all is still there. */
  readonly resumes: { readonly link: Link; readonly terminal: number }[] = [];
  readonly #clock: ManualClock;
  readonly #mirrors: GatedMirrors;
  readonly #witness: Link;
  #starting: number[] = [];
  #arriving: Arrival | null = null;

  constructor(clock: ManualClock, mirrors: GatedMirrors) {
    this.#clock = clock;
    this.#mirrors = mirrors;
    const spec = () => ({}) as SeatSpec; // the scripted seats do not look at it
    const { hands } = this;
    this.desk = new Desk(
      {
        seats: scriptedSeats(() => this.#openPty()),
        mirrors,
        clock,
        log: silentLog,
        spec,
        ended: false,
        broadcast: (message) => this.#broadcast(message),
        onSeat: () => undefined,
      },
      { ...hands, turn: null, navigator: null, note: null },
    );
    this.#witness = new Link(clock, WITNESS, { up: 0, down: 0 });
    this.#witness.receive = (packet) => {
      if (packet.kind !== 'message' || packet.message.t !== 'resized') return;
      const { terminal, offset, cols, rows } = packet.message;
      this.told.set(terminal, [...(this.told.get(terminal) ?? []), { offset, cols, rows }]);
    };
    this.desk.attach(this.#watchful(this.#witness), {});
  }

  /** Every byte acknowledged at once. */
  #watchful(link: Link): RoomConnection {
    const desk = this.desk;
    const clock = this.#clock;
    return {
      person: link.person,
      tab: link.tab,
      order: link.order,
      send: (message) => link.send(message),
      buffered: () => 0,
      end: () => undefined,
      output(frame, sent) {
        const view = new DataView(frame.buffer, frame.byteOffset);
        const terminal = view.getUint16(1);
        const offset = Number(view.getBigUint64(3));
        const end = frame[0] === 1 ? offset + frame.length - 11 : offset;
        sent();
        clock.after(0, () => desk.acknowledge(this, { kind: 'ack', terminal, offset: end }));
      },
    };
  }

  /** How a terminal began. */
  began(terminal: number): MirrorOptions {
    const began = this.#mirrors.began[terminal - 1];
    if (began === undefined) throw new Error(`there is no terminal ${terminal}`);
    return began;
  }

  base(terminal: number): number {
    return this.began(terminal).base;
  }

  /** Offset after the last byte. */
  end(terminal: number): number {
    return this.base(terminal) + this.shell(terminal).truth.length;
  }

  shell(terminal: number): Shell {
    const known = this.shells.get(terminal) ?? { truth: new Truth(), heard: [], pty: null, ended: false };
    this.shells.set(terminal, known);
    return known;
  }

  get #state() {
    return { members: {}, keyboard: { ...this.hands, turn: null, navigator: null, note: null } };
  }

  get terminals(): readonly number[] {
    return this.desk.terminals.map(({ terminal }) => terminal);
  }

  connect(client: SimulatedClient, delays: Delays, resume: Readonly<Record<number, number>>): Link {
    const { person, tab } = client;
    const link = new Link(this.#clock, { person, tab }, delays);
    link.up(() => this.#enter(link, resume));
    return link;
  }

  gone(link: Link, noticedAfter: number): void {
    this.#clock.after(noticedAfter, () => {
      link.close();
      if (this.links.delete(link)) this.desk.detach(link);
    });
  }

  /** As `dispatch` does. */
  message(link: Link, message: ClientMessage): void {
    if (!this.links.has(link)) return;
    if (message.t === 'size') this.desk.resize(link, message.terminal, message);
    if (message.t === 'visible') this.desk.setVisible(link, message.on);
    if (lacking(message.t, link.person, this.#state) !== null) return;
    if (message.t === 'front') this.desk.setFront(message.terminal);
    if (message.t === 'open') this.desk.open(link);
    if (message.t === 'close' && this.desk.close(message.terminal) === null) this.#closed(message.terminal);
    if (message.t === 'start') void this.desk.start(message.terminal);
  }

  frame(link: Link, frame: InputFrame | AckFrame): void {
    if (!this.links.has(link)) return;
    if (frame.kind === 'ack') {
      this.desk.acknowledge(link, frame);
      return;
    }
    const superseded = [...this.links].some(({ tab, order }) => tab === link.tab && order > link.order);
    this.#arriving = { link, superseded, answer: frame.answer, ...this.hands };
    if (lacking('input', link.person, this.#state) === null) this.desk.input(link, frame);
    this.#arriving = null;
  }

  handOver(to: string | null): void {
    this.epochs += 1;
    this.hands = { driver: to, epoch: this.hands.epoch + 1 };
    for (const link of this.links) link.push({ kind: 'keyboard', keyboard: this.hands });
    this.desk.keyboardMoved({ ...this.hands, turn: null, navigator: null, note: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.desk[Symbol.asyncDispose]();
  }

  #enter(link: Link, resume: Readonly<Record<number, number>>): void {
    this.links.add(link);
    if (this.hands.driver === null && this.hands.epoch === 0) this.handOver(link.person);
    link.push({ kind: 'welcome', keyboard: this.hands, terminals: this.terminals });
    for (const terminal of this.terminals) {
      if (this.#isWhole(terminal, resume[terminal])) this.resumes.push({ link, terminal });
    }
    this.desk.attach(link, resume);
    void this.desk.ensure();
  }

  /** All output from this offset on can be given, and no two sizes at this very place are in doubt. */
  #isWhole(terminal: number, offset: number | undefined): boolean {
    if (offset === undefined) return false;
    const told = this.told.get(terminal) ?? [];
    return (
      this.end(terminal) - offset <= SCROLLBACK_BYTES &&
      told.filter((size) => size.offset === offset).length < 2
    );
  }

  #closed(terminal: number): void {
    if (this.shells.has(terminal) && !this.terminals.includes(terminal)) this.closed.add(terminal);
  }

  #openPty(): RecordedPty<Arrival> {
    const terminal = this.#starting.shift();
    if (terminal === undefined) throw new Error('a shell started that was not told');
    const shell = this.shell(terminal);
    const context = () => this.#arriving ?? { link: null, superseded: false, answer: false, ...this.hands };
    shell.pty = new RecordedPty(shell.truth, shell.heard, this.#clock, context);
    return shell.pty;
  }

  #broadcast(message: ServerMessage): void {
    if (message.t === 'terminal' && message.info.state.status === 'starting') {
      // Said once when the terminal is opened, and again when its shell is.
      this.#starting = [...this.#starting.filter((n) => n !== message.info.terminal), message.info.terminal];
    }
    for (const link of this.links) link.send(message);
  }
}
