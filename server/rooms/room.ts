/**
 * A room is one ordered queue: op → apply → store → broadcast → effects. It knows people by id and
 * connections by an interface; it knows neither sockets nor HTTP.
 */

import { apply } from '#protocol/apply.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import type { PersonId } from '#protocol/ids.ts';
import type { Refusal, ServerMessage } from '#protocol/messages.ts';
import { PROTOCOL_VERSION } from '#protocol/messages.ts';
import type { Effect, Entry, Op, PersonOp, RoomState } from '#protocol/room-state.ts';
import { attemptView, seatSpec } from '../labs/attempts.ts';
import type { LoadedLab } from '../labs/loader.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { Queue } from '../lib/queue.ts';
import type { Seats } from '../seats/seats.ts';
import type { Workspace } from '../seats/workspace.ts';
import type { Attempt, PointRecord, Store } from '../store/store.ts';
import type { Mirrors } from '../terminals/mirror.ts';
import type { RoomConnection } from './connection.ts';
import { Desk } from './desk.ts';
import { factsOf } from './facts.ts';
import { Grading } from './grading.ts';
import { lacking } from './permission.ts';
import { Rewind } from './rewind.ts';
import { SeatBoard } from './seat-board.ts';

/** They wait until the driver's hands are free. */
const MOVES_KEYBOARD: ReadonlySet<PersonOp['type']> = new Set(['give', 'accept']);

export interface RoomDeps {
  readonly store: Store;
  readonly seats: Seats;
  readonly mirrors: Mirrors;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who may enter, under which name and by what right. */
export interface Admitted {
  readonly name: string;
  readonly mayTakePart: boolean;
}

export interface RoomRecord {
  readonly state: RoomState;
  readonly attempt: Attempt;
  readonly lab: LoadedLab;
  readonly answers: Readonly<Record<string, string>>;
  /** When the home was saved from which the next shell begins; null for a fresh one. */
  readonly homeSavedAt: number | null;
  /** Saved points of the attempt, newest first. */
  readonly points: readonly PointRecord[];
  /** It was divided off another room: its seat is beside the person's own one, not instead of it. */
  readonly fork: boolean;
}

export class Room implements AsyncDisposable {
  readonly #deps: RoomDeps;
  readonly #record: Pick<RoomRecord, 'attempt' | 'lab' | 'homeSavedAt' | 'fork'>;
  readonly #queue = new Queue();
  readonly #connections = new Set<RoomConnection>();
  /** Its terminals. */
  readonly desk: Desk;
  readonly #grading: Grading;
  readonly #rewind: Rewind;
  readonly #board: SeatBoard;
  /** Who was here before the room was opened again, and has not been told that the shell is new. */
  readonly #returning: Set<PersonId>;
  #state: RoomState;
  /** Who made the offer that is open; those end when a room is put away. */
  #offeredBy: PersonId | null = null;
  #quietSince: number;
  #closing = false;

  constructor(deps: RoomDeps, record: RoomRecord) {
    this.#deps = deps;
    this.#record = record;
    this.#state = record.state;
    this.#grading = new Grading(record, deps.store.attempts, {
      state: () => this.#state,
      commit: (op, by) => this.#commit(op, by),
    });
    this.#board = new SeatBoard(record.points, {
      log: deps.log,
      broadcast: (message) => this.#broadcast(message),
      onCall: (call) => void this.#queue.run(() => this.#grading.look(call)),
      onNotice: (words) => this.desk.notice(words),
    });
    this.#rewind = new Rewind(
      {
        ...deps,
        points: deps.store.points,
        tell: (part) => this.#board.tell(part),
        state: () => this.#state,
        desk: () => this.desk,
      },
      record,
    );
    this.#returning = new Set(Object.keys(record.state.members));
    this.#quietSince = deps.clock.now();
    this.desk = new Desk(
      {
        ...deps,
        spec: () => this.#seatSpec(),
        ended: record.attempt.endedAt !== null,
        broadcast: (message) => this.#broadcast(message),
        onSeat: (seat) => this.#board.watch(seat),
      },
      record.state.keyboard,
    );
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Since when nobody has needed it, or null while somebody is connected or its home would be lost. */
  get quietSince(): number | null {
    const unsaved = this.desk.seat !== null && this.#board.seat.unsaved?.why === 'disk';
    return this.#connections.size > 0 || unsaved ? null : this.#quietSince;
  }

  /** Since when nobody has looked at its seat, which is one person's own; null where others may need it. */
  get spareSince(): number | null {
    return this.#state.kind === 'lab' && this.desk.seat !== null ? this.quietSince : null;
  }

  /**
   * Lets a connection in: it gets the room as it is, then every op after it, in order. `admit` is asked
   * in the queue, so that a right that was taken away meanwhile counts.
   */
  enter(
    connection: RoomConnection,
    admit: () => Promise<Admitted | null>,
    resume: Readonly<Record<number, number>>,
  ): Promise<ErrorCode | null> {
    return this.#queue.run(async () => {
      if (this.#closing) return 'stopping';
      const admitted = await admit();
      if (admitted === null) return 'forbidden';
      const { person } = connection;
      const known = this.#state.members[person];
      if (known === undefined || known.name !== admitted.name || known.mayTakePart !== admitted.mayTakePart) {
        const refused = await this.#commit(
          { type: 'joined', ...admitted, watching: !admitted.mayTakePart },
          person,
        );
        if (refused !== null) return refused;
      }
      // Counted first, heard from after: the welcome is the first that a connection gets.
      const refused = await this.#commit({ type: 'connections', count: this.#tabsOf(person) + 1 }, person);
      if (refused !== null) return refused;
      // It began to close meanwhile, and has told those who were here.
      if (this.#closing) return 'stopping';
      this.#connections.add(connection);
      connection.send(this.#welcome(connection));
      this.desk.attach(connection, resume);
      void this.desk.ensure();
      return null;
    });
  }

  leave(connection: RoomConnection): Promise<void> {
    if (!this.#forget(connection)) return Promise.resolve();
    return this.#queue.run(async () => {
      await this.#commit({ type: 'connections', count: this.#tabsOf(connection.person) }, connection.person);
    });
  }

  /** What a person does. The refusal is for the sender alone. */
  do(connection: RoomConnection, op: PersonOp): Promise<Refusal | null> {
    return this.#queue.run(async () => {
      // Another room may be open already that has read what is stored.
      if (this.#closing) return this.refusal('stopping');
      if (op.type === 'go-to-step' && !this.#record.lab.facts.steps.some((step) => step.id === op.step)) {
        return this.refusal('bad-request');
      }
      const { person } = connection;
      const busy = MOVES_KEYBOARD.has(op.type) && !this.#byFacilitator(op, person) && this.desk.busyHands;
      if (busy) return this.refusal(busy);
      const refused = await this.#commit(op, person);
      if (op.type === 'give' && refused === null) this.#offeredBy = person;
      return this.refusal(refused);
    });
  }

  /** A driver can forge a prompt: it must not keep the keyboard from a facilitator who has it from them. */
  #byFacilitator(op: PersonOp, person: PersonId): boolean {
    const { facilitator, keyboard } = this.#state;
    if (keyboard.driver === facilitator) return false;
    return person === facilitator || (op.type === 'accept' && this.#offeredBy === facilitator);
  }

  /** A typed answer: kept, checked, and shown to the room as a task's report. */
  answer(connection: RoomConnection, task: string, value: string): Promise<Refusal | null> {
    return this.#queue.run(async () => {
      try {
        return this.refusal(await this.#grading.answer(connection.person, task, value));
      } catch (error) {
        return this.#storeFailed(error);
      }
    });
  }

  /** Looks again at everything that the world has seen. */
  async check(): Promise<void> {
    for (let since = 0; ; ) {
      const calls = (await this.desk.seat?.calls(since)) ?? [];
      for (const call of calls) await this.#queue.run(() => this.#grading.look(call));
      const last = calls.at(-1);
      if (last === undefined) return;
      since = last.n;
    }
  }

  /** The lease goes on for longer, where there is one. */
  async extendLease(): Promise<ErrorCode | null> {
    try {
      return await (this.desk.seat?.extendLease() ?? 'no-seat');
    } catch (error) {
      return this.#storeFailed(error).code;
    }
  }

  /** Home and world as they are now, to come back to. */
  savePoint(): Promise<ErrorCode | null> {
    return this.#rewind.savePoint();
  }

  /** Home, world and step go back to a saved point, or with null to the beginning. What has passed stays passed. */
  reset(connection: RoomConnection, point: string | null): Promise<ErrorCode | null> {
    return this.#rewind.reset(point, (step) => this.#turnTo(step, connection.person));
  }

  /** Whoever started over may have given the keyboard away meanwhile; the page goes with the home all the same. */
  #turnTo(step: string, person: PersonId): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#closing) return;
      const refused = await this.#commit({ type: 'go-to-step', step }, person);
      if (refused === 'not-driver') {
        await this.#commit({ type: 'go-to-step', step }, this.#state.facilitator);
      }
    });
  }

  /** Why this connection may not send a message of this kind, or null. */
  refuses(connection: RoomConnection, kind: Parameters<typeof lacking>[0]): Refusal | null {
    return this.refusal(lacking(kind, connection.person, this.#state));
  }

  /** The files of its seat, for this person. */
  files(person: PersonId, use: 'see-files' | 'change-files'): Workspace | Refusal {
    const lacks = lacking(use, person, this.#state);
    if (lacks !== null) return this.refusal(lacks);
    return this.desk.seat?.workspace ?? this.refusal('no-seat');
  }

  /** With what its sentence needs. */
  refusal(code: ErrorCode): Refusal;
  refusal(code: ErrorCode | null): Refusal | null;
  refusal(code: ErrorCode | null): Refusal | null {
    if (code === null) return null;
    const { driver } = this.#state.keyboard;
    const name = driver === null ? '' : (this.#state.members[driver]?.name ?? '');
    return { code, values: { name } };
  }

  /** Somebody's right to be here was taken away. In the queue: whoever is just entering has entered. */
  async expel(person: PersonId, code: ErrorCode): Promise<void> {
    await this.#queue.run(async () => {
      for (const connection of [...this.#connections]) {
        if (connection.person !== person) continue;
        this.#forget(connection);
        connection.end(code);
      }
      // After they stopped hearing: the addresses that they know lead nowhere any more.
      this.desk.seat?.renewPreviews();
      await this.#commit({ type: 'connections', count: 0 }, person);
    });
  }

  /** Nobody is here any more; `seenAt`: until when the room was alive. */
  async putAway(seenAt: number): Promise<void> {
    await this.#queue.run(async () => {
      const { members, keyboard } = this.#state;
      const here = Object.values(members).some((member) => member.connections > 0);
      if (here || keyboard.turn !== null) await this.#commit({ type: 'put-away', seenAt }, null);
    });
  }

  /** Tells everybody, saves the home, ends the shell. */
  async close(code: ErrorCode): Promise<void> {
    this.#closing = true;
    for (const connection of [...this.#connections]) {
      this.#forget(connection);
      connection.end(code);
    }
    // Its person goes on in another one, and keeps the place for it.
    if (code === 'moved-on' && this.desk.seat !== null) this.desk.seat.comesBack = true;
    await this.putAway(this.#deps.clock.now());
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#board[Symbol.dispose]();
    await this.desk[Symbol.asyncDispose]();
  }

  /** From now on it neither hears nor is heard. False when it was not in. */
  #forget(connection: RoomConnection): boolean {
    if (!this.#connections.delete(connection)) return false;
    this.desk.detach(connection);
    this.#quietSince = this.#deps.clock.now();
    return true;
  }

  #seatSpec() {
    const { kind, facilitator } = this.#state;
    const { lab, attempt, fork } = this.#record;
    return seatSpec(lab, attempt, { person: facilitator, own: kind === 'lab' && !fork });
  }

  #welcome(connection: RoomConnection): ServerMessage {
    const { homeSavedAt } = this.#record;
    return {
      t: 'welcome',
      v: PROTOCOL_VERSION,
      you: connection.person,
      now: this.#deps.clock.now(),
      room: this.#state,
      terminals: this.desk.terminals,
      front: this.desk.front,
      attempt: this.#attemptView(),
      aws: this.#board.aws,
      seat: this.#board.seat,
      lost: this.#returning.delete(connection.person) ? { homeSavedAt } : null,
    };
  }

  #attemptView() {
    return attemptView(this.#record.lab, this.#record.attempt, this.#state.tasks, this.#grading.answers);
  }

  #tabsOf(person: PersonId): number {
    return [...this.#connections].filter((connection) => connection.person === person).length;
  }

  /** Stored first, then true for everybody. Runs inside the queue. */
  async #commit(op: Op, by: PersonId | null): Promise<ErrorCode | null> {
    const entry: Entry = { op, by, at: this.#deps.clock.now() };
    const applied = apply(this.#state, entry);
    if (!applied.ok) return applied.rejected;
    const { chore } = this.#record.lab.facts;
    const facts = factsOf(applied.effects, applied.state, { at: entry.at, chore, newId });
    const becameMob = applied.effects.some((effect) => effect.type === 'became-mob');
    try {
      await this.#deps.store.rooms.commit({
        room: applied.state,
        facts,
        ...(becameMob ? { holder: { kind: 'room', id: applied.state.id } } : {}),
      });
    } catch (error) {
      return this.#storeFailed(error).code;
    }
    this.#state = applied.state;
    this.#broadcast({ t: 'op', seq: applied.state.seq, entry });
    for (const effect of applied.effects) this.#perform(effect);
    return null;
  }

  #perform(effect: Effect): void {
    if (effect.type === 'keyboard-moved') {
      this.desk.keyboardMoved(this.#state.keyboard);
      this.#board.keyboardMoved();
    }
    if (effect.type === 'became-mob') this.desk.seat?.share();
    if (effect.type === 'task-passed') {
      this.#broadcast({ t: 'attempt', attempt: this.#attemptView() });
      void this.#rewind.taskPassed(effect.task);
    }
  }

  #broadcast(message: ServerMessage): void {
    for (const connection of this.#connections) connection.send(message);
  }

  #storeFailed(error: unknown): Refusal {
    this.#deps.log.error({ err: error, room: this.#state.id }, 'a change of a room was not stored');
    return { code: 'store-failed', values: {} };
  }
}
