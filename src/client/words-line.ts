/** What is said to who waits in line for a practice seat. */
import type { Lang } from '#protocol/errors.ts';
import type { Queue } from '#protocol/messages.ts';
import { fill } from './fill.ts';

type Text = Readonly<Record<Lang, string>>;

export const LINE = {
  next: { ja: '順番を待っています。次があなたの番です。', en: 'You are waiting in line, and you are next.' },
  place: {
    ja: '順番を待っています。あと{n}人です。',
    en: 'You are waiting in line, with {n} before you.',
  },
  placeOne: {
    ja: '順番を待っています。あと1人です。',
    en: 'You are waiting in line, with one person before you.',
  },
  soon: { ja: 'まもなく始まります。', en: 'It begins in a moment.' },
  seconds: { ja: 'およそ{n}秒で始まります。', en: 'It begins in about {n} seconds.' },
  minutes: { ja: 'およそ{n}分で始まります。', en: 'It begins in about {n} min.' },
  meanwhile: {
    ja: 'このページを開いておけば、自動で始まります。待つあいだ、本文を読み進められます。',
    en: 'Leave this page open and it begins by itself. You can go on reading meanwhile.',
  },
} as const satisfies Record<string, Text>;

const MINUTE_SECONDS = 60;
const SOON_SECONDS = 2;
/** Nobody is helped by 「およそ37秒」. */
const ROUND_SECONDS = 5;

/** How many come first; a screen reader hears it whenever it changes. */
export function placeWords({ place }: Queue, lang: Lang): string {
  const ahead = place - 1;
  if (ahead <= 0) return LINE.next[lang];
  return fill((ahead === 1 ? LINE.placeOne : LINE.place)[lang], { n: ahead });
}

/** About how long, rounded up; nothing where nobody knows. */
export function waitWords({ waitMs }: Queue, lang: Lang): string {
  if (waitMs === null) return '';
  const seconds = Math.ceil(waitMs / 1000);
  if (seconds <= SOON_SECONDS) return LINE.soon[lang];
  if (seconds > MINUTE_SECONDS) return fill(LINE.minutes[lang], { n: Math.ceil(seconds / MINUTE_SECONDS) });
  const n = seconds <= ROUND_SECONDS ? seconds : Math.ceil(seconds / ROUND_SECONDS) * ROUND_SECONDS;
  return fill(LINE.seconds[lang], { n });
}
