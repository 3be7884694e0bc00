/** Days and clocks for people: pure functions of their arguments. */
import type { Lang } from '#protocol/errors.ts';

/** `2026-12-21` as a day in words; a calendar day has no zone to shift it. */
export function dayInWords(date: string, lang: Lang): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long', weekday: undefined, timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** A local calendar day `weeks` ahead, as `YYYY-MM-DD`. */
export function weeksAhead(now: Date, weeks: number): string {
  const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() + weeks * 7);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}

/** A moment in the viewer's zone; the zone is named where it is not Tokyo's. */
export function moment(
  at: number,
  lang: Lang,
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): string {
  return new Intl.DateTimeFormat(lang, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
    ...(zone === 'Asia/Tokyo' ? {} : { timeZoneName: 'short' }),
  }).format(at);
}

/** 「3日前」, for what was touched at `at`. */
export function ago(at: number, now: number, lang: Lang): string {
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const minutes = Math.round((at - now) / 60_000);
  if (Math.abs(minutes) < 60) return format.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  if (Math.abs(hours) < 24) return format.format(hours, 'hour');
  return format.format(Math.round(hours / 24), 'day');
}

/** What is left of a turn: `6:03`; whole seconds, never negative, so that 0:00 is reached once. */
export function clock(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
