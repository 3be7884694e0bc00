/** Who is here, whose hands are on the keyboard, whose turn comes next, and how long it lasts. */

import help from 'lucide-static/icons/circle-question-mark.svg?raw';
import compass from 'lucide-static/icons/compass.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import hand from 'lucide-static/icons/hand.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import message from 'lucide-static/icons/message-circle.svg?raw';
import userPlus from 'lucide-static/icons/user-plus.svg?raw';
import user from 'lucide-static/icons/user-round.svg?raw';
import type { ComponentChildren } from 'preact';
import type { Member, RoomState } from '#protocol/room-state.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';
import { KeyboardButtons } from './KeyboardButtons.tsx';
import { TurnClock } from './TurnClock.tsx';

interface Props {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}

export function RoomBar({ session, actions }: Props) {
  const room = session.room.value;
  if (room === null) return null;
  const you = session.you.value;
  const others = Object.entries(room.members)
    .filter(
      ([id, member]) =>
        id !== room.keyboard.driver && id !== room.keyboard.navigator && member.connections > 0,
    )
    .sort((a, b) => rank(room, a[0], a[1]) - rank(room, b[0], b[1]));
  const solo = room.kind === 'lab' && others.length === 0;
  return (
    <div class={solo ? 'bar bar-solo' : 'bar'}>
      <ul class="people plain">
        <Person session={session} room={room} id={room.keyboard.driver} seat="driver" />
        {!solo && room.keyboard.navigator !== null && room.keyboard.navigator !== room.keyboard.driver && (
          <Person session={session} room={room} id={room.keyboard.navigator} seat="navigator" />
        )}
        {others.map(([id]) => (
          <Person key={id} session={session} room={room} id={id} seat="other" />
        ))}
      </ul>
      <div class="bar-tools">
        {room.kind === 'mob' && <TurnClock session={session} actions={actions} />}
        <KeyboardButtons session={session} actions={actions} />
        {room.kind === 'mob' && room.members[you] !== undefined && (
          <Part member={room.members[you]} actions={actions} />
        )}
        {room.facilitator === you && (
          <button type="button" class="quiet small" onClick={() => void actions.invite()}>
            <Icon svg={userPlus} />
            <span>{(room.kind === 'mob' ? ROOM.invite : ROOM.makeMob)[lang]}</span>
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label={ROOM.keys[lang]}
          title={`${ROOM.keys[lang]} (?)`}
          onClick={() => actions.show('keys')}
        >
          <Icon svg={help} />
        </button>
      </div>
    </div>
  );
}

/** Hands first, then who takes part, advisers, and who only watches. */
function rank(room: RoomState, id: string, member: Member): number {
  const asked = room.requests.indexOf(id);
  if (asked !== -1) return asked - 1000;
  return { participant: 0, adviser: 1, watching: 2 }[member.part];
}

interface PersonProps {
  readonly session: RoomSession;
  readonly room: RoomState;
  readonly id: string | null;
  readonly seat: 'driver' | 'navigator' | 'other';
}

function Person({ session, room, id, seat }: PersonProps) {
  const member = id === null ? undefined : room.members[id];
  if (id === null || member === undefined) {
    return (
      <li class="person person-driver person-empty">
        <Icon svg={keyboard} />
        <span class="person-role">{ROOM.driver[lang]}</span>
        <span class="person-name">{ROOM.nobody[lang]}</span>
      </li>
    );
  }
  const asked = room.requests.includes(id);
  const role = asked
    ? ROOM.asked
    : seat === 'driver'
      ? ROOM.driver
      : seat === 'navigator'
        ? ROOM.navigator
        : ROOM[member.part];
  const icon = asked
    ? hand
    : {
        driver: keyboard,
        navigator: compass,
        other: { participant: user, adviser: message, watching: eye }[member.part],
      }[seat];
  const away = member.connections === 0;
  return (
    <li
      class={`person person-${asked ? 'asked' : seat === 'other' ? member.part : seat}${away ? ' person-away' : ''}`}
    >
      <Icon svg={icon} />
      <span class="person-role">{role[lang]}</span>
      <span class="person-name">
        {fill(ROOM.san[lang], { name: member.name })}
        <Tags>
          {id === session.you.value && ROOM.you[lang]}
          {id === room.facilitator && room.kind === 'mob' && ROOM.facilitator[lang]}
          {away && ROOM.away[lang]}
        </Tags>
      </span>
    </li>
  );
}

function Tags({ children }: { readonly children: ComponentChildren }) {
  const shown = (Array.isArray(children) ? children : [children]).filter(
    (child) => typeof child === 'string',
  );
  return shown.map((text) => (
    <span key={text} class="tag">
      {text}
    </span>
  ));
}

function Part({ member, actions }: { readonly member: Member; readonly actions: RoomActions }) {
  if (!member.mayTakePart) return null;
  return (
    <select
      class="part"
      aria-label={ROOM.part[lang]}
      value={member.part}
      onChange={(event) => {
        const part = event.currentTarget.value;
        if (part === 'participant' || part === 'watching' || part === 'adviser')
          void actions.do({ type: 'take-part', part });
      }}
    >
      <option value="participant">{ROOM.participant[lang]}</option>
      <option value="watching">{ROOM.watching[lang]}</option>
      <option value="adviser">{ROOM.adviser[lang]}</option>
    </select>
  );
}
