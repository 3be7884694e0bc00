/** A desk without sockets and sandboxes: scripted shells, a mirror that says what it is told to, and ears. */
import { decodeServerFrame } from '#protocol/frames.ts';
import { SECOND } from '#protocol/limits.ts';
import type { ServerMessage } from '#protocol/messages.ts';
import { silentLog } from '../../server/lib/log.ts';
import type { RoomConnection } from '../../server/rooms/connection.ts';
import { Desk } from '../../server/rooms/desk.ts';
import type { SeatSpec } from '../../server/seats/seat-spec.ts';
import type { Seats } from '../../server/seats/seats.ts';
import type { Mirror, Mirrors } from '../../server/terminals/mirror.ts';
import type { Command } from '../../server/terminals/mirror-messages.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedPty } from './scripted-pty.ts';
import { scriptedSeats } from './simulation/scripted-seat.ts';

/** A connection that writes down what it is told, and acknowledges when it is asked to. */
let ears = 0;

export class Ear implements RoomConnection {
  readonly order = ++ears;
  readonly heard: ServerMessage[] = [];
  readonly ends = new Map<number, number>();
  readonly person: string;
  readonly tab: string;
  /** Bytes that its network has not taken. */
  waiting = 0;
  constructor(person: string, tab = person) {
    this.person = person;
    this.tab = tab;
  }
  send(message: ServerMessage): void {
    this.heard.push(message);
    if (message.t === 'resumed') this.ends.set(message.terminal, message.from);
  }
  output(bytes: Uint8Array, sent: () => void): void {
    const frame = decodeServerFrame(bytes);
    const length = frame?.kind === 'output' ? frame.bytes.length : 0;
    if (frame !== null) this.ends.set(frame.terminal, frame.offset + length);
    sent();
  }
  buffered(): number {
    return this.waiting;
  }
  end(): void {}
  of<T extends ServerMessage['t']>(t: T): Extract<ServerMessage, { t: T }>[] {
    return this.heard.filter((message): message is Extract<ServerMessage, { t: T }> => message.t === t);
  }
}

export class KilledPty extends ScriptedPty {
  killed = false;
  override kill(): void {
    this.killed = true;
    this.exit({ code: null, signal: 'SIGKILL' });
  }
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** What one terminal's mirror says of commands. */
export class Marks {
  /** Tells the desk that one begins or ends. */
  say: (command: Command) => void = () => undefined;
  list: readonly Command[] = [ran(1, 'ls', 0)];
  /** How often the list was asked for. */
  asked = 0;
}

export class DeskBench {
  readonly clock = new ManualClock(1_800_000_000_000);
  readonly ptys: KilledPty[] = [];
  readonly ears: Ear[] = [];
  /** Of each terminal, in the order in which they were opened. */
  readonly marks: Marks[] = [];
  readonly desk: Desk;
  loseSeat: () => void = () => undefined;
  seatsOpened = 0;
  /** How often the seat was told that a terminal prints without end. */
  floods = 0;
  #epoch = 1;
  #i = 0;
  #driver = '';

  constructor() {
    this.desk = new Desk(
      {
        seats: this.#seats(),
        mirrors: this.#mirrors(),
        clock: this.clock,
        log: silentLog,
        spec: () => ({}) as SeatSpec, // the scripted seats do not look at it
        ended: false,
        broadcast: (message) => {
          for (const ear of this.ears) ear.send(message);
        },
        onSeat: () => undefined,
      },
      { epoch: 0, driver: null, turn: null, navigator: null, note: null },
    );
    this.drive('driver');
  }

  drive(driver: string): void {
    this.#epoch += 1;
    this.#driver = driver;
    this.desk.keyboardMoved({ epoch: this.#epoch, driver, turn: null, navigator: null, note: null });
  }

  async enter(person: string, tab = person, resume: Readonly<Record<number, number>> = {}): Promise<Ear> {
    const ear = new Ear(person, tab);
    this.ears.push(ear);
    this.desk.attach(ear, resume);
    void this.desk.ensure();
    await settled();
    this.acknowledge(ear);
    return ear;
  }

  /** Another terminal, half a second after whatever was before. */
  open(ear: Ear) {
    this.clock.advance(SECOND / 2);
    return this.desk.open(ear);
  }

  acknowledge(ear: Ear): void {
    for (const [terminal, offset] of ear.ends) this.desk.acknowledge(ear, { kind: 'ack', terminal, offset });
  }

  /** Keys that may come in: the desk is not asked about others. */
  type(ear: Ear, text: string, { answer = false, terminal = 1, number = 0 } = {}) {
    if (ear.person !== this.#driver) return;
    const bytes = Buffer.from(text);
    const i = number === 0 ? ++this.#i : number;
    this.desk.input(ear, {
      kind: 'input',
      terminal,
      epoch: this.#epoch,
      i,
      at: 0,
      answer,
      bytes,
    });
  }

  /** What has reached the shell of the first terminal, or this one. */
  typed(pty = this.ptys[0]): string {
    return Buffer.concat(pty?.written ?? []).toString();
  }

  /** One at a time, until it is lost. */
  #seats(): Seats {
    const open = () => {
      const pty = new KilledPty();
      this.ptys.push(pty);
      return pty;
    };
    const fresh = () => {
      this.seatsOpened += 1;
      const ended = new Promise<{ readonly reason: string }>((resolve) => {
        this.loseSeat = () => {
          seats = null;
          resolve({ reason: 'lost' });
        };
      });
      return scriptedSeats(open, ended, () => {
        this.floods += 1;
      });
    };
    let seats: Seats | null = null;
    const some = {
      async open(spec: SeatSpec) {
        if (seats !== null) return seats.open(spec);
        await Promise.resolve(); // who asks meanwhile is given another one, as by the real ones
        seats = fresh();
        return seats.open(spec);
      },
    };
    return some as unknown as Seats; // a desk asks for a seat, and for nothing else
  }

  #mirrors(): Mirrors {
    const open = (): Mirror => {
      const marks = new Marks();
      this.marks.push(marks);
      return {
        pending: 0,
        write: () => undefined,
        resize: () => undefined,
        snapshot: () => Promise.reject(new Error('it draws nothing')),
        commands: () => {
          marks.asked += 1;
          return Promise.resolve(marks.list);
        },
        onCommand: (handler) => {
          marks.say = handler;
        },
        onProgress: () => undefined,
        onLost: () => undefined,
        [Symbol.dispose]: () => undefined,
      };
    };
    return { open, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}

export function running(n: number, line: string): Command {
  return { n, line, output: '', truncated: false, fullScreen: false, state: { status: 'running' } };
}

export function ran(n: number, line: string, exit: number, output = ''): Command {
  return { ...running(n, line), output, state: { status: 'done', exit } };
}
