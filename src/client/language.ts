/**
 * The browser's side of Dojou: socket, replica, terminal, pages. It knows the protocol and the DOM, and
 * nothing else of the server.
 */
import type { Lang } from '#protocol/errors.ts';

export const lang: Lang = document.documentElement.lang === 'en' ? 'en' : 'ja';

/** `/labs/` → `/en/labs/` in English. */
export function at(path: string): string {
  return lang === 'en' ? `/en${path}` : path;
}
