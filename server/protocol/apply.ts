/**
 * The one function that changes a room. The server applies an op, stores the result and broadcasts it;
 * every browser applies the same entry to its replica.
 */
import type { ErrorCode } from './errors.ts';
import type { PersonId } from './ids.ts';
import { EXTENSION_MS, HAND_OVER_MS, MEMBERS, NOTE_LENGTH, TAKE_OVER_GRACE_MS, TURN_MS } from './limits.ts';
import type { TaskReport } from './report.ts';
import type { Effect, Entry, Keyboard, Member, PersonOp, RoomState, ServerOp, Turns } from './room-state.ts';

export type Applied =
  | { readonly ok: true; readonly state: RoomState; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly rejected: ErrorCode };

/** Pure: no time of its own, no randomness, no I/O. A rejected op changes nothing and is normal. */
export function apply(state: RoomState, entry: Entry): Applied {
  const { op, by, at } = entry;
  const me = by === null ? undefined : state.members[by];

  switch (op.type) {
    case 'joined':
      return by === null ? no('bad-request') : join(state, by, at, op);
    case 'connections':
      if (by === null || me === undefined) return no('not-here');
      return yes(state, {
        members: { ...state.members, [by]: { ...me, connections: op.count } },
        keyboard: state.keyboard.driver === by ? presence(state.keyboard, op.count > 0, at) : state.keyboard,
      });
    case 'put-away': {
      const rested = endTurn(state, op.seenAt);
      const members = Object.fromEntries(
        Object.entries(rested.state.members).map(([id, member]) => [id, { ...member, connections: 0 }]),
      );
      // Keys that were on their way to the shell that is gone must not reach the next one.
      const keyboard = { ...rested.state.keyboard, epoch: rested.state.keyboard.epoch + 1 };
      const { driver } = keyboard;
      return yes(rested.state, { members, keyboard, offer: null, takeOver: null }, [
        ...rested.effects,
        { type: 'keyboard-moved', from: driver, to: driver },
      ]);
    }
    case 'task':
      return setTask(state, by, at, op.task, op.report);
    default:
      if (by === null || me === undefined) return no('not-here');
      return applyOf(state, op, by, me, at);
  }
}

function applyOf(state: RoomState, op: PersonOp, by: PersonId, me: Member, at: number): Applied {
  const { driver } = state.keyboard;
  const driverIsHere = driver !== null && (state.members[driver]?.connections ?? 0) > 0;

  switch (op.type) {
    case 'take-part':
      if (op.part !== 'watching' && !me.mayTakePart) return no('watch-link');
      return takePart(state, by, me, op.part, at);
    case 'request':
      if (!me.mayTakePart) return no('watch-link');
      if (me.part === 'watching') return no('watching');
      if (driver === by || state.requests.includes(by)) return yes(state, {});
      return yes(state, { requests: [...state.requests, by] });
    case 'withdraw':
      return yes(state, { requests: without(state.requests, by) });
    case 'give': {
      if (driver !== by && by !== state.facilitator) return no('forbidden');
      const to = state.members[op.to];
      if (to === undefined || to.connections === 0) return no('not-here');
      if (!to.mayTakePart || to.part === 'watching') return no('forbidden');
      const note = op.note === null ? null : op.note.slice(0, NOTE_LENGTH);
      if (op.to === driver) return no('not-offered');
      return state.requests.includes(op.to)
        ? moveKeyboard(state, op.to, at, note)
        : yes(state, { offer: { to: op.to, note } });
    }
    case 'accept':
      if (state.offer?.to !== by) return no('not-offered');
      return moveKeyboard(state, by, at, state.offer.note);
    case 'decline':
      if (state.offer?.to !== by && driver !== by) return no('not-offered');
      return yes(state, { offer: null });
    case 'take':
      if (!me.mayTakePart) return no('watch-link');
      if (me.part === 'watching') return no('watching');
      if (driver === by) return yes(state, {});
      if (driverIsHere) return no('not-driver');
      return moveKeyboard(state, by, at, null);
    case 'take-over':
      if (by !== state.facilitator) return no('forbidden');
      if (me.part === 'watching') return no('watching');
      if (driver === by) return yes(state, {});
      if (driver === null || !driverIsHere) return moveKeyboard(state, by, at, null);
      if (state.takeOver?.by !== by) return yes(state, { takeOver: { by, from: at + TAKE_OVER_GRACE_MS } });
      if (at < state.takeOver.from) return no('hold-on');
      return moveKeyboard(state, by, at, null);
    case 'make-mob':
      if (by !== state.facilitator) return no('forbidden');
      if (state.kind === 'mob') return yes(state, {});
      return yes(state, { kind: 'mob' }, [{ type: 'became-mob' }]);
    case 'start-turns':
      if (state.kind !== 'mob' || !mayLead(state, by)) return no('forbidden');
      return yes(state, { turns: turnFrom(at) });
    case 'stop-turns':
      if (!mayLead(state, by)) return no('forbidden');
      return yes(state, { turns: { status: 'off' } });
    case 'extend':
      if (!mayLead(state, by)) return no('forbidden');
      return yes(state, { turns: extended(state.turns, at) });
    case 'go-to-step':
      if (!mayLead(state, by)) return no('not-driver');
      return yes(state, { step: op.step });
    default:
      return op satisfies never;
  }
}

/** Who may lead the page and the clock: the driver and the facilitator. */
function mayLead(state: RoomState, person: PersonId): boolean {
  return person === state.keyboard.driver || person === state.facilitator;
}

function join(
  state: RoomState,
  person: PersonId,
  at: number,
  op: Extract<ServerOp, { type: 'joined' }>,
): Applied {
  const known = state.members[person];
  if (known === undefined && Object.keys(state.members).length >= MEMBERS) return no('room-full');
  const { mayTakePart } = op;
  const member: Member = known
    ? { ...known, name: op.name, mayTakePart, part: mayTakePart ? known.part : 'watching' }
    : {
        name: op.name,
        part: op.watching || !mayTakePart ? 'watching' : 'participant',
        mayTakePart,
        connections: 0,
        joinedAt: at,
        droveMs: 0,
      };
  const joined = { ...state, members: { ...state.members, [person]: member } };
  const attended: readonly Effect[] = known === undefined ? [{ type: 'attended', person }] : [];
  // Who lost the right to take part since the last visit keeps nothing of it.
  if (known !== undefined && !mayTakePart && known.part !== 'watching') {
    return takePart(joined, person, member, 'watching', at);
  }
  // The first who may take part starts with the keyboard: alone, nobody should have to ask.
  if (state.keyboard.driver === null && mayTakePart && member.part !== 'watching') {
    return withEffects(moveKeyboard(joined, person, at, null), attended);
  }
  return yes(joined, {}, attended);
}

function takePart(
  state: RoomState,
  person: PersonId,
  member: Member,
  part: Member['part'],
  at: number,
): Applied {
  const changed: RoomState = {
    ...state,
    members: { ...state.members, [person]: { ...member, part } },
    requests: part === 'watching' ? without(state.requests, person) : state.requests,
    offer: part === 'watching' && state.offer?.to === person ? null : state.offer,
  };
  return part === 'watching' && state.keyboard.driver === person
    ? moveKeyboard(changed, null, at, null)
    : yes(changed, {});
}

function moveKeyboard(state: RoomState, to: PersonId | null, at: number, note: string | null): Applied {
  const rested = endTurn(state, at);
  const { driver: from, epoch } = state.keyboard;
  return yes(
    rested.state,
    {
      keyboard: {
        epoch: epoch + 1,
        driver: to,
        turn: to === null ? null : { startedAt: at, awayAt: null, awayMs: 0 },
        navigator: from,
        note,
      },
      requests: to === null ? state.requests : without(state.requests, to),
      offer: null,
      takeOver: null,
      turns: state.turns.status === 'on' ? turnFrom(at) : state.turns,
    },
    [...rested.effects, { type: 'keyboard-moved', from, to }],
  );
}

/** The driver leaves or comes back: time away is no time at the keyboard. */
function presence(keyboard: Keyboard, here: boolean, at: number): Keyboard {
  const { turn } = keyboard;
  if (turn === null)
    return here ? { ...keyboard, turn: { startedAt: at, awayAt: null, awayMs: 0 } } : keyboard;
  if (!here) return { ...keyboard, turn: { ...turn, awayAt: turn.awayAt ?? at } };
  if (turn.awayAt === null) return keyboard;
  const awayMs = turn.awayMs + Math.max(0, at - turn.awayAt);
  return { ...keyboard, turn: { ...turn, awayAt: null, awayMs } };
}

/** Closes the turn that is open, at the last moment at which its driver was seen. */
function endTurn(
  state: RoomState,
  at: number,
): { readonly state: RoomState; readonly effects: readonly Effect[] } {
  const { driver, turn, navigator } = state.keyboard;
  const member = driver === null ? undefined : state.members[driver];
  if (driver === null || turn === null || member === undefined) return { state, effects: [] };
  const { startedAt, awayAt, awayMs } = turn;
  const endedAt = Math.max(startedAt, awayAt ?? at);
  const ms = Math.max(0, endedAt - startedAt - awayMs);
  return {
    state: {
      ...state,
      members: { ...state.members, [driver]: { ...member, droveMs: member.droveMs + ms } },
      keyboard: { ...state.keyboard, turn: null },
    },
    effects: [{ type: 'turn-ended', driver, navigator, startedAt, endedAt, ms }],
  };
}

function setTask(
  state: RoomState,
  by: PersonId | null,
  at: number,
  task: string,
  report: TaskReport,
): Applied {
  // Progress on an edge task never goes back.
  if (state.tasks[task]?.report.status === 'pass') return yes(state, {});
  const passed: readonly Effect[] =
    report.status === 'pass' ? [{ type: 'task-passed', task, person: by }] : [];
  return yes(state, { tasks: { ...state.tasks, [task]: { report, by, at } } }, passed);
}

function turnFrom(at: number): Turns {
  return { status: 'on', startedAt: at, softEnd: at + TURN_MS, end: at + TURN_MS + HAND_OVER_MS };
}

function extended(turns: Turns, at: number): Turns {
  if (turns.status === 'off') return turns;
  const softEnd = Math.max(turns.softEnd, at) + EXTENSION_MS;
  return { ...turns, softEnd, end: softEnd + HAND_OVER_MS };
}

function without<T>(list: readonly T[], item: T): readonly T[] {
  return list.filter((other) => other !== item);
}

function yes(state: RoomState, change: Partial<RoomState>, effects: readonly Effect[] = []): Applied {
  return { ok: true, state: { ...state, ...change, seq: state.seq + 1 }, effects };
}

function withEffects(applied: Applied, effects: readonly Effect[]): Applied {
  return applied.ok ? { ...applied, effects: [...effects, ...applied.effects] } : applied;
}

function no(rejected: ErrorCode): Applied {
  return { ok: false, rejected };
}
