/** What the seat uses, beside what it may use. */
import type { SeatView, Share } from '#protocol/seat.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { LIMIT, USAGE } from '../../client/words-usage.ts';

const MIB = 1024 * 1024;
/** From here on it is worth a word. */
const NEARLY = 0.9;

const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
const mebibytes = (bytes: number) => `${whole.format(bytes / MIB)} MiB`;
const count = (processes: number) => whole.format(processes);
const timeOfDay = new Intl.DateTimeFormat(lang, { timeStyle: 'medium' });

export function SeatUsage({ session }: { readonly session: RoomSession }) {
  const { usage, limit } = session.seat.value;
  if (usage === null && limit === null) return null;
  return (
    <section aria-labelledby="seat-usage">
      <h3 id="seat-usage">{USAGE.title[lang]}</h3>
      {limit !== null && <LastLimit limit={limit} />}
      {usage !== null && (
        <>
          <dl class="usage">
            {usage.memory && <Bar name={USAGE.memory[lang]} share={usage.memory} words={mebibytes} />}
            {usage.processes && <Bar name={USAGE.processes[lang]} share={usage.processes} words={count} />}
            {usage.home && <Bar name={USAGE.home[lang]} share={usage.home} words={mebibytes} />}
            {usage.cpu !== null && (
              <div>
                <dt>{USAGE.cpu[lang]}</dt>
                <dd>{fill(USAGE.core[lang], { percent: whole.format(usage.cpu * 100) })}</dd>
              </div>
            )}
          </dl>
          {usage.memory && <p class="fine">{USAGE.homeIsMemory[lang]}</p>}
        </>
      )}
    </section>
  );
}

function LastLimit({ limit }: { readonly limit: NonNullable<SeatView['limit']> }) {
  return (
    <div class="usage-limit">
      <p>
        <strong>{USAGE.hit[lang]}</strong>{' '}
        <time dateTime={new Date(limit.at).toISOString()}>{timeOfDay.format(limit.at)}</time>
      </p>
      <p>{LIMIT[limit.kind][lang]}</p>
    </div>
  );
}

interface BarProps {
  readonly name: string;
  readonly share: Share;
  readonly words: (amount: number) => string;
}

/** The words say it all: the bar is for the eye. */
function Bar({ name, share: { used, limit }, words }: BarProps) {
  const part = Math.min(1, used / limit);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {fill(USAGE.of[lang], { used: words(used), limit: words(limit) })}
        {part >= NEARLY && (
          <strong class="usage-nearly">{(part < 1 ? USAGE.nearly : USAGE.full)[lang]}</strong>
        )}
      </dd>
      <dd class="usage-bar" aria-hidden="true" data-nearly={part >= NEARLY}>
        <span style={{ inlineSize: `${part * 100}%` }} />
      </dd>
    </div>
  );
}
