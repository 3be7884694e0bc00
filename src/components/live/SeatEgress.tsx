/** Where programs of the seat may go, and where they went. */
import type { EgressConnection } from '#protocol/seat.ts';
import { bytesInWords } from '../../client/bytes.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { EGRESS, OUTCOME } from '../../client/words-egress.ts';

export function SeatEgress({ session }: { readonly session: RoomSession }) {
  const { allowed, connections } = session.seat.value.egress;
  return (
    <section aria-labelledby="seat-egress">
      <h3 id="seat-egress">{EGRESS.title[lang]}</h3>
      {allowed.length === 0 ? (
        <p>{EGRESS.none[lang]}</p>
      ) : (
        <>
          <p>{EGRESS.allowed[lang]}</p>
          <ul class="egress-allowed">
            {allowed.map((place) => (
              <li key={place}>
                <code>{place}</code>
              </li>
            ))}
          </ul>
          <h4 id="seat-egress-last">{EGRESS.last[lang]}</h4>
          {connections.length === 0 ? (
            <p class="fine">{EGRESS.quiet[lang]}</p>
          ) : (
            <ol class="egress-connections" aria-labelledby="seat-egress-last">
              {connections.map(Connection)}
            </ol>
          )}
        </>
      )}
    </section>
  );
}

function Connection({ at, host, port, outcome, bytesIn, bytesOut }: EgressConnection) {
  const values = { sent: bytesInWords(bytesOut, lang), received: bytesInWords(bytesIn, lang) };
  return (
    <li data-outcome={outcome}>
      <time dateTime={new Date(at).toISOString()}>{timeOfDay.format(at)}</time>
      <code>{placeOf(host, port)}</code>
      <span>{OUTCOME[outcome][lang]}</span>
      {bytesIn + bytesOut > 0 && <span class="fine">{fill(EGRESS.moved[lang], values)}</span>}
    </li>
  );
}

const timeOfDay = new Intl.DateTimeFormat(lang, { timeStyle: 'medium' });

/** What could not be read, and a flood, have no name. */
function placeOf(host: string, port: number): string {
  if (port > 0) return `${host}:${port}`;
  return EGRESS[host === '' ? 'several' : 'unreadable'][lang];
}
