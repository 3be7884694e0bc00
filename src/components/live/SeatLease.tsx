/** How long the seat still lives; shown only where a lab asks for an end. */
import { MINUTE } from '#protocol/limits.ts';
import { clock, moment } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { extendLease, whyNoFork } from '../../client/lives.ts';
import { now } from '../../client/now.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { LEASE } from '../../client/words-lives.ts';

export function SeatLease({ session }: { readonly session: RoomSession }) {
  const { lease } = session.seat.value;
  if (lease === null) return null;
  const left = leftOf(session, lease.endsAt);
  const mayExtend = lease.mayEndAt > lease.endsAt;
  return (
    <div class="lease">
      <h4>{LEASE.title[lang]}</h4>
      <p role="timer">{fill(LEASE.left[lang], { left: clock(left), when: moment(lease.endsAt, lang) })}</p>
      <p class="fine">{LEASE.what[lang]}</p>
      {mayExtend ? (
        <button
          type="button"
          class="quiet"
          disabled={whyNoFork(session) !== null}
          onClick={() => void extendLease(session)}
        >
          {fill(LEASE.extend[lang], { n: Math.round(lease.extendByMs / MINUTE) })}
        </button>
      ) : (
        <p class="fine">{LEASE.most[lang]}</p>
      )}
    </div>
  );
}

/** For the button that opens the drawer: minutes, or nothing. */
export function LeaseLeft({ session }: { readonly session: RoomSession }) {
  const { lease } = session.seat.value;
  if (lease === null) return null;
  const minutes = Math.max(0, Math.ceil(leftOf(session, lease.endsAt) / MINUTE));
  return <span class="lease-left">{fill(LEASE.leftShort[lang], { n: minutes })}</span>;
}

function leftOf(session: RoomSession, endsAt: number): number {
  // `now` makes it tick; the server's clock says how late it is.
  return endsAt - (now.value === 0 ? 0 : session.now());
}
