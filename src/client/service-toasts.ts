import { effect } from '@preact/signals';
import { fill } from './fill.ts';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { announce, toast } from './toasts.ts';

/** Says when a service of the seat cannot run here, answers no more or has ended, and offers to look. */
export function tellServices(session: RoomSession, open: () => void): void {
  /** What was last known of each: the same is told once. */
  const known = new Map<string, string>();
  effect(() => {
    const news = session.seat.value.services.filter(({ id, state, why }) => {
      const now = why === null ? state : 'cannot';
      const before = known.get(id);
      known.set(id, now);
      return now !== before && (now === 'cannot' || now === 'ended' || now === 'unhealthy');
    });
    if (news.length === 0) return;
    void import('./words-services.ts').then(({ SERVICE_NEWS, SERVICES }) => {
      for (const { id, title, state, why } of news) {
        if (why === null && state !== 'ended' && state !== 'unhealthy') continue;
        const words =
          why === null ? SERVICE_NEWS[state === 'ended' ? 'ended' : 'unhealthy'] : SERVICE_NEWS.cannot;
        const sentence = fill(words[lang], { title: title[lang], why: why?.[lang] ?? '' });
        announce(sentence);
        toast(sentence, { text: SERVICES.show[lang], press: open, topic: `service-${id}` });
      }
    });
  });
}
