/** What runs beside the shell, and the web pages that can be looked at. */
import type { PreviewView, ServiceView } from '#protocol/seat.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { SERVICE_STATE, SERVICES } from '../../client/words-services.ts';
import { CopyField } from './CopyField.tsx';

export function SeatServices({ session }: { readonly session: RoomSession }) {
  const { services, previews } = session.seat.value;
  return (
    <>
      {services.length > 0 && (
        <section aria-labelledby="seat-services">
          <h3 id="seat-services">{SERVICES.title[lang]}</h3>
          <ul class="services">
            {services.map((service) => (
              <Service key={service.id} {...service} />
            ))}
          </ul>
        </section>
      )}
      {previews.length > 0 && (
        <section aria-labelledby="seat-previews">
          <h3 id="seat-previews">{SERVICES.own[lang]}</h3>
          <p>{SERVICES.ownHow[lang]}</p>
          <ul class="services">{previews.map(OwnPage)}</ul>
        </section>
      )}
    </>
  );
}

function Service({ id, title: titles, state, why, port, reach, preview, log }: ServiceView) {
  const title = titles[lang];
  return (
    <li data-service={id}>
      <p class="service-head">
        <strong>{title}</strong>
        <span class="service-state" data-state={state}>
          {why === null ? SERVICE_STATE[state][lang] : SERVICES.cannot[lang]}
        </span>
      </p>
      {why !== null && <p>{why[lang]}</p>}
      {why === null && reach === null && <p>{fill(SERVICES.at[lang], { port: String(port) })}</p>}
      {why === null && reach !== null && (
        <CopyField id={`reach-${id}`} label={fill(SERVICES.reach[lang], { title })} value={reach} />
      )}
      {preview !== null && (
        <p>
          <Page url={preview} label={SERVICES.open[lang]} title={fill(SERVICES.openOf[lang], { title })} />
        </p>
      )}
      {log !== '' && (
        <details>
          <summary>{SERVICES.log[lang]}</summary>
          <pre class="service-log">{log}</pre>
        </details>
      )}
    </li>
  );
}

function OwnPage({ port, url }: PreviewView) {
  const label = fill(SERVICES.openPort[lang], { port: String(port) });
  return (
    <li key={port}>
      <Page url={url} label={label} title={label} />
    </li>
  );
}

/** It knows nothing of us: neither the window that opened it nor the address. */
function Page({
  url,
  label,
  title,
}: {
  readonly url: string;
  readonly label: string;
  readonly title: string;
}) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" aria-label={title}>
      {label}
    </a>
  );
}
