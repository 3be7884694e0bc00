/** The cover of a terminal whose seat is not free yet: how many come first, how long, and what to do meanwhile. */
import { useEffect, useState } from 'preact/hooks';
import type { Queue } from '#protocol/messages.ts';
import { lang } from '../../client/language.ts';
import { LINE, placeWords, waitWords } from '../../client/words-line.ts';

/** From here on it is a wait: something to do is offered. */
const LONG_MS = 8_000;

export function WaitingInLine({ queue }: { readonly queue: Queue }) {
  const [long, setLong] = useState((queue.waitMs ?? 0) > LONG_MS);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="gate-card gate-line">
      <p class="gate-wait">
        <span class="sprouting" aria-hidden="true" />
        {/* The place is told when it changes; an estimate that changes every other second is not. */}
        <span role="status">{placeWords(queue, lang)}</span>
      </p>
      {queue.waitMs !== null && <p>{waitWords(queue, lang)}</p>}
      {/* With no estimate at all, this is the only answer to “and now?”. */}
      {(long || queue.waitMs === null) && <p class="gate-meanwhile">{LINE.meanwhile[lang]}</p>}
    </div>
  );
}
