/** All rooms of this node: opened from the store when somebody comes, saved and let go when nobody is left. */
import type { ErrorCode } from '#protocol/errors.ts';
import type { PersonId, RoomId } from '#protocol/ids.ts';
import { newRoom } from '#protocol/room-state.ts';
import { newAttempt, pendingTasks } from '../labs/attempts.ts';
import type { Labs, LoadedLab } from '../labs/loader.ts';
import { drawVars } from '../labs/vars.ts';
import { newId } from '../lib/ids.ts';
import { Queue } from '../lib/queue.ts';
import type { RoomAccess } from '../store/store.ts';
import { forkOpening } from './fork.ts';
import { Room, type RoomDeps } from './room.ts';

export interface RegistryOptions extends RoomDeps {
  readonly labs: Labs;
  /** How long a room without people keeps its seat, ms. */
  readonly idleMs: number;
}

export type Started =
  | { readonly ok: true; readonly room: RoomId }
  | { readonly ok: false; readonly code: ErrorCode };

const SWEEP_EVERY_MS = 30_000;
/** While others wait in line, an own seat is put away this soon after its last page is gone. */
const SPARE_AFTER_MS = 30_000;

export class Rooms implements AsyncDisposable {
  readonly #options: RegistryOptions;
  readonly #open = new Map<RoomId, Promise<Room | null>>();
  readonly #closing = new Map<RoomId, Promise<void>>();
  /** One start after another: two at once of one person would make two attempts. */
  readonly #starts = new Queue();
  #stopping = false;
  #cancelSweep: (() => void) | null = null;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#sweepLater();
    options.seats.relieveBy((needed) => this.#relieve(needed));
  }

  /** The person's own attempt at this lab, or a new one when there is none or `fresh`. */
  start(person: PersonId, labId: string, fresh: boolean): Promise<Started> {
    const lab = this.#options.labs.get(labId);
    if (lab === undefined) return Promise.resolve({ ok: false, code: 'not-found' });
    return this.#starts.run(() => this.#startNow(person, lab, fresh));
  }

  /**
   * Out of a room that the person may take part in, a room of their own: as it was at a point, or is now.
   * A person has one such; `replace`: the one before ends.
   */
  fork(person: PersonId, id: RoomId, from: { readonly point: string | null; readonly replace: boolean }) {
    return this.#starts.run(() => this.#forkNow(person, id, from));
  }

  /** Null when there is no such room. */
  async get(id: RoomId): Promise<Room | null> {
    if (this.#stopping) return null;
    let opening = this.#open.get(id);
    if (opening === undefined) {
      opening = this.#load(id);
      this.#open.set(id, opening);
      opening.then(
        (room) => room ?? this.#open.delete(id),
        () => this.#open.delete(id),
      );
    }
    return opening;
  }

  /** A right was taken away: whoever had it has to go, at once. */
  async revoked(accesses: readonly RoomAccess[]): Promise<void> {
    await Promise.all(
      accesses.map(async ({ room, person }) => (await this.#opened(room))?.expel(person, 'revoked')),
    );
  }

  /** Announces, saves and closes every room. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#cancelSweep?.();
    await Promise.all([...this.#open.keys()].map((id) => this.#release(id, 'stopping')));
    await Promise.all(this.#closing.values());
  }

  /** A room that is open or opening; null when it is neither, or could not be opened. */
  async #opened(id: RoomId): Promise<Room | null> {
    return (await this.#open.get(id)?.catch(() => null)) ?? null;
  }

  async #startNow(person: PersonId, lab: LoadedLab, fresh: boolean): Promise<Started> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const current = await store.attempts.current(lab.facts.id, person);
    if (current !== null && !fresh) return { ok: true, room: current.room };
    const room = newId();
    const attempt = newAttempt(lab, { id: newId(), room, holder: { kind: 'person', id: person }, now });
    const state = newRoom({
      id: room,
      lab: lab.facts.id,
      attempt: attempt.id,
      facilitator: person,
      step: lab.facts.steps[0]?.id ?? '',
      tasks: pendingTasks(lab),
    });
    const replaces = current === null ? null : { attempt: current.id, at: now };
    await store.rooms.create({ room: state, attempt, by: person, replaces });
    if (current !== null) await this.#release(current.room, 'moved-on');
    return { ok: true, room };
  }

  async #forkNow(
    person: PersonId,
    id: RoomId,
    from: { readonly point: string | null; readonly replace: boolean },
  ): Promise<Started> {
    const { store, clock } = this.#options;
    const no = (code: ErrorCode): Started => ({ ok: false, code });
    const [state, access] = await Promise.all([store.rooms.get(id), store.rooms.access(id, person)]);
    if (state === null) return no('not-found');
    if (access === null) return no('forbidden');
    if (!access.mayTakePart) return no('watch-link');
    const attempt = await store.attempts.get(state.attempt);
    const points = await store.points.list(state.attempt);
    const point = points.find((one) => one.id === from.point) ?? null;
    if (attempt === null) return no('not-found');
    if (from.point !== null && point === null) return no('point-gone');
    const before = await store.attempts.fork(person);
    if (before !== null && !from.replace) return no('fork-exists');
    try {
      if (point === null) await this.#saved(id);
      const opening = forkOpening({ state, attempt, point }, person, before, clock.now());
      await store.rooms.create(opening);
      if (before !== null) await this.#release(before.room, 'moved-on');
      return { ok: true, room: opening.room.id };
    } catch (error) {
      this.#options.log.error({ err: error, room: id }, 'a room was not forked');
      return no('store-failed');
    }
  }

  /** Its home is on disk, also when it is being closed. */
  async #saved(id: RoomId): Promise<void> {
    await this.#closing.get(id);
    await (await this.#opened(id))?.desk.seat?.save();
  }

  async #load(id: RoomId): Promise<Room | null> {
    const { labs, store, clock } = this.#options;
    await this.#closing.get(id);
    const stored = await store.rooms.get(id);
    if (stored === null) return null;
    const attempt = await store.attempts.get(stored.attempt);
    const lab = labs.get(stored.lab);
    if (attempt === null || lab === undefined) return null;
    const room = new Room(this.#options, {
      state: { ...stored, tasks: { ...pendingTasks(lab), ...stored.tasks } },
      attempt: { ...attempt, vars: withNewVars(lab, attempt.seed, attempt.vars) },
      lab,
      answers: await store.attempts.answers(attempt.id),
      homeSavedAt: await store.attempts.homeSavedAt(attempt.id),
      points: await store.points.list(attempt.id),
      fork: await store.attempts.isFork(attempt.id),
    });
    // After a crash the stored room still believes in its connections.
    await room.putAway((await store.rooms.touchedAt(id)) ?? clock.now());
    return room;
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.clock.after(SWEEP_EVERY_MS, () => {
      void this.#sweep().finally(() => {
        if (!this.#stopping) this.#sweepLater();
      });
    });
  }

  async #sweep(): Promise<void> {
    const { clock, idleMs } = this.#options;
    for (const id of [...this.#open.keys()]) {
      const quietSince = (await this.#opened(id))?.quietSince ?? null;
      if (quietSince !== null && clock.now() - quietSince > idleMs) await this.#release(id, 'stopping');
    }
  }

  /** Others wait for a seat: puts away as many that nobody looks at, and says when more could be. */
  async #relieve(needed: number): Promise<readonly number[]> {
    const now = this.#options.clock.now();
    const rooms = await Promise.all([...this.#open.keys()].map((id) => this.#opened(id)));
    // Looked at all at once, so that nobody comes back in the middle of it.
    const spare = rooms.flatMap((room) => {
      const since = room?.spareSince ?? null;
      return room === null || since === null ? [] : [{ id: room.state.id, at: since + SPARE_AFTER_MS }];
    });
    spare.sort((a, b) => a.at - b.at);
    // What is being closed already ends a seat, too.
    const due = spare.filter(({ at }) => at <= now).slice(0, Math.max(0, needed - this.#closing.size));
    for (const { id } of due) void this.#release(id, 'stopping');
    return spare.map(({ at }) => at);
  }

  /** Saves and lets go; the room opens again from the store when somebody comes, not before it is closed. */
  async #release(id: RoomId, code: ErrorCode): Promise<void> {
    const opening = this.#open.get(id);
    if (opening === undefined || this.#closing.has(id)) return;
    this.#open.delete(id);
    const closing = opening
      .then((room) => room?.close(code))
      .catch((error: unknown) => {
        this.#options.log.error({ err: error, room: id }, 'a room was not closed cleanly');
      })
      .finally(() => this.#closing.delete(id));
    this.#closing.set(id, closing);
    await closing;
  }
}

/** A lab that gained a var since the attempt began draws it now; nothing drawn before changes. */
function withNewVars(lab: LoadedLab, seed: string, drawn: Readonly<Record<string, string>>) {
  return { ...drawVars(lab.facts.vars, seed), ...drawn };
}
