/** Why the shell takes nothing now, in words: for everything on the page that would run or send something. */
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { BENCH } from './words.ts';

/** Null when it does. Nothing needs to be said before the beginning. */
export function whyNot(session: RoomSession | null): string | null {
  const status = session?.terminal.value?.state.status;
  if (session == null || status === undefined || status === 'starting') return '';
  if (session.line.value.status !== 'open') return BENCH.notOffline[lang];
  return status === 'running' ? null : BENCH.notClosed[lang];
}
