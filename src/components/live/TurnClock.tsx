/** Seven minutes and one to hand over, with a soft end; nothing rings. */
import timer from 'lucide-static/icons/timer.svg?raw';
import { clock } from '../../client/dates.ts';
import { lang } from '../../client/language.ts';
import { now } from '../../client/now.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';

export function TurnClock({
  session,
  actions,
}: {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}) {
  const room = session.room.value;
  if (room === null) return null;
  const leads = session.driving || room.facilitator === session.you.value;
  if (room.turns.status === 'off') {
    if (!leads) return null;
    return (
      <button type="button" class="quiet small" onClick={() => void actions.do({ type: 'start-turns' })}>
        <Icon svg={timer} />
        <span>{ROOM.startTurns[lang]}</span>
      </button>
    );
  }
  const at = now.value === 0 ? session.now() : session.now();
  const phase = at < room.turns.softEnd ? 'turn' : at < room.turns.end ? 'soft' : 'over';
  const left = (phase === 'turn' ? room.turns.softEnd : room.turns.end) - at;
  return (
    <div class={`clock clock-${phase}`}>
      <Icon svg={timer} />
      {phase !== 'turn' && (
        <strong class="clock-word">{(phase === 'soft' ? ROOM.soft : ROOM.over)[lang]}</strong>
      )}
      {phase !== 'over' && (
        <span class="clock-left" role="timer" aria-label={`${ROOM.left[lang]} ${clock(left)}`}>
          {clock(left)}
        </span>
      )}
      {leads && (
        <button type="button" class="quiet small" onClick={() => void actions.do({ type: 'extend' })}>
          {ROOM.extend[lang]}
        </button>
      )}
      {leads && (
        <button type="button" class="text-button" onClick={() => void actions.do({ type: 'stop-turns' })}>
          {ROOM.stopTurns[lang]}
        </button>
      )}
    </div>
  );
}
