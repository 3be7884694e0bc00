import { effect } from '@preact/signals';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { announce, toast } from './toasts.ts';

/** Says which limit of the seat was hit, and offers to look; what was before one came is no news. */
export function tellLimits(session: RoomSession, open: () => void): void {
  let seen: number | null = null;
  effect(() => {
    const { limit } = session.seat.value;
    if (session.welcomes.value === 0) return;
    const before = seen;
    seen = limit?.at ?? 0;
    // Of a seat that has stopped, its terminals say what there is to say.
    if (before === null || limit === null || limit.at <= before || limit.kind === 'agent') return;
    void import('./words-usage.ts').then(({ LIMIT, USAGE }) => {
      announce(LIMIT[limit.kind][lang]);
      toast(LIMIT[limit.kind][lang], { text: USAGE.show[lang], press: open, topic: 'limit' });
    });
  });
}
