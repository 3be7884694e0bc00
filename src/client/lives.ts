/** What the page does about saved points, forks and leases, and says of them. */
import { effect } from '@preact/signals';
import type { ForkRequest, StartAnswer } from '#protocol/api.ts';
import { MINUTE } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import { call, isCode, sentenceOf } from './api.ts';
import { moment } from './dates.ts';
import { fill } from './fill.ts';
import { at, lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { recallInTab, rememberInTab } from './storage.ts';
import { announce, toast } from './toasts.ts';
import { LEASE, LIVES } from './words-lives.ts';

/** Minutes before the end of a lease at which the page says so. */
const WARNINGS = [10, 2] as const;
const UNDO = 'undo-reset';
/** The room of one's own that this tab is on its way to. */
const ARRIVING = 'forked';
const cameFromKey = (room: string) => `forked-from.${room}`;

/** Why this person may not save points and start over, or null. As `rooms/permission.ts` decides it. */
export function whyNoReset(session: RoomSession): Refusal | null {
  const room = session.room.value;
  const me = room?.members[session.you.value];
  const driver = room?.keyboard.driver ?? null;
  if (session.driving) return null;
  if (me?.mayTakePart !== true) return { code: 'watch-link', values: {} };
  if (driver === null) return { code: 'nobody-drives', values: {} };
  return { code: 'not-driver', values: { name: session.name(driver) } };
}

/** Why this person may not go on alone from here, or null. */
export function whyNoFork(session: RoomSession): Refusal | null {
  const me = session.room.value?.members[session.you.value];
  return me?.mayTakePart === true ? null : { code: 'watch-link', values: {} };
}

/** Back to a point, or to the beginning, with a way back; false when the person was told why not. */
export async function startOver(session: RoomSession, point: string | null, done: string): Promise<boolean> {
  const refusal = await session.reset(point);
  if (refusal !== null) {
    toast(sentenceOf(refusal, lang));
    return false;
  }
  const undo = session.seat.peek().points.find(({ why }) => why === 'before-reset')?.id;
  announce(done);
  if (undo === undefined) return true;
  toast(done, {
    text: LIVES.undo[lang],
    topic: UNDO,
    press: () => void startOver(session, undo, LIVES.undone[lang]),
  });
  return true;
}

/** Goes to a room of one's own; `exists`: there is one that would have to end. */
export async function goOnAlone(
  session: RoomSession,
  from: ForkRequest,
): Promise<'gone' | 'exists' | string> {
  const answer = await call<StartAnswer>('POST', `/api/rooms/${session.id}/fork`, from);
  if (answer.ok) {
    rememberInTab(cameFromKey(answer.value.room), session.id);
    rememberInTab(ARRIVING, answer.value.room);
    location.assign(at(`/rooms/${answer.value.room}`));
    return 'gone';
  }
  return isCode(answer.refusal, 'fork-exists') ? 'exists' : sentenceOf(answer.refusal, lang);
}

/** The address of the room that this one was forked from, as far as this tab knows. */
export function roomBefore(session: RoomSession): string | null {
  const before = recallInTab(cameFromKey(session.id));
  return before === null ? null : at(`/rooms/${before}`);
}

/** Once, to whoever has just come to a room of their own: it looks like the one before. */
export function sayForked(session: RoomSession): void {
  const before = roomBefore(session);
  if (before === null || recallInTab(ARRIVING) !== session.id) return;
  rememberInTab(ARRIVING, '');
  announce(LIVES.forked[lang]);
  toast(LIVES.forked[lang], {
    text: LIVES.return[lang],
    topic: 'forked',
    press: () => location.assign(before),
  });
}

export async function extendLease(session: RoomSession): Promise<void> {
  const refusal = await session.extendLease();
  const endsAt = session.seat.peek().lease?.endsAt;
  if (refusal !== null) toast(sentenceOf(refusal, lang));
  else if (endsAt !== undefined) toast(fill(LEASE.extended[lang], { when: moment(endsAt, lang) }));
}

/** Says when a seat is about to end, and when a home is no longer being saved: once each. */
export function sayWhatEnds(session: RoomSession): void {
  effect(() => {
    const { lease } = session.seat.value;
    if (lease === null) return;
    const left = lease.endsAt - session.now();
    const timers = WARNINGS.filter((minutes) => minutes * MINUTE < left).map((minutes) =>
      setTimeout(() => warn(session, minutes), left - minutes * MINUTE),
    );
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  });
  let told = false;
  effect(() => {
    const { unsaved } = session.seat.value;
    if (unsaved !== null && !told) {
      const sentence = fill(LIVES.unsaved[unsaved.why][lang], { when: moment(unsaved.since, lang) });
      announce(sentence);
      toast(sentence);
    }
    told = unsaved !== null;
  });
}

function warn(session: RoomSession, minutes: number): void {
  const lease = session.seat.peek().lease;
  const sentence = fill(LEASE.warning[lang], { n: minutes });
  announce(sentence);
  const mayExtend = lease !== null && lease.mayEndAt > lease.endsAt && whyNoFork(session) === null;
  if (!mayExtend) {
    toast(sentence);
    return;
  }
  toast(sentence, {
    text: fill(LEASE.extend[lang], { n: Math.round(lease.extendByMs / MINUTE) }),
    topic: 'lease',
    press: () => void extendLease(session),
  });
}
