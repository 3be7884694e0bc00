/** The one thing to press about the keyboard, for whoever looks: give, take, ask, accept, take over. */
import hand from 'lucide-static/icons/hand.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import type { RoomState } from '#protocol/room-state.ts';
import { suggestedNext } from '#protocol/rotation.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { now } from '../../client/now.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}

export function KeyboardButtons({ session, actions }: Props) {
  const room = session.room.value;
  const me = room?.members[session.you.value];
  if (room === null || me === undefined) return null;
  const { driver } = room.keyboard;
  const driverHere = driver !== null && (room.members[driver]?.connections ?? 0) > 0;

  if (room.offer?.to === session.you.value)
    return <Offered session={session} room={room} actions={actions} />;
  if (driver === session.you.value) return <Driving session={session} room={room} actions={actions} />;
  if (!me.mayTakePart || me.part === 'watching') return null;
  if (!driverHere) {
    return (
      <button type="button" class="button small live" onClick={() => void actions.do({ type: 'take' })}>
        <Icon svg={keyboard} />
        <span>{ROOM.take[lang]}</span>
      </button>
    );
  }
  return (
    <>
      <Asking asked={room.requests.includes(session.you.value)} actions={actions} />
      {room.facilitator === session.you.value && <TakeOver session={session} room={room} actions={actions} />}
    </>
  );
}

interface In extends Props {
  readonly room: RoomState;
}

function Offered({ session, room, actions }: In) {
  return (
    <div class="offer">
      <span>{fill(ROOM.offered[lang], { name: session.name(room.keyboard.driver) })}</span>
      <button type="button" class="button small live" onClick={() => void actions.do({ type: 'accept' })}>
        {ROOM.accept[lang]}
      </button>
      <button type="button" class="quiet small" onClick={() => void actions.do({ type: 'decline' })}>
        {ROOM.decline[lang]}
      </button>
    </div>
  );
}

function Driving({ session, room, actions }: In) {
  if (room.offer !== null) {
    return (
      <div class="offer">
        <span>{fill(ROOM.offering[lang], { name: session.name(room.offer.to) })}</span>
        <button type="button" class="quiet small" onClick={() => void actions.do({ type: 'decline' })}>
          {ROOM.cancel[lang]}
        </button>
      </div>
    );
  }
  const alone = Object.entries(room.members).every(
    ([id, { connections }]) => id === session.you.value || connections === 0,
  );
  if (room.kind === 'lab' && alone) return null;
  const next = suggestedNext(room);
  return (
    <button
      type="button"
      class={room.requests.length > 0 ? 'button small live' : 'button small'}
      onClick={() => actions.show('give')}
    >
      <Icon svg={keyboard} />
      <span>{next === null ? ROOM.giveMenu[lang] : fill(ROOM.give[lang], { name: session.name(next) })}</span>
      <kbd>F8</kbd>
    </button>
  );
}

function Asking({ asked, actions }: { readonly asked: boolean; readonly actions: RoomActions }) {
  return (
    <button
      type="button"
      class={asked ? 'quiet small' : 'button small'}
      aria-pressed={asked}
      onClick={() => void actions.do({ type: asked ? 'withdraw' : 'request' })}
    >
      <Icon svg={hand} />
      <span>{(asked ? ROOM.withdraw : ROOM.request)[lang]}</span>
      <kbd>F8</kbd>
    </button>
  );
}

function TakeOver({ session, room, actions }: In) {
  const grace = room.takeOver?.by === session.you.value ? room.takeOver.from - session.now() : null;
  // Reading the ticking signal redraws this once a second while the grace runs.
  const waiting = grace !== null && now.value > 0 && grace > 0;
  const text =
    grace === null
      ? ROOM.takeOver[lang]
      : waiting
        ? fill(ROOM.takeOverIn[lang], { n: Math.ceil(grace / 1000) })
        : ROOM.takeOverNow[lang];
  return (
    <button
      type="button"
      class="quiet small"
      disabled={waiting}
      onClick={() => void actions.do({ type: 'take-over' })}
    >
      {text}
    </button>
  );
}
