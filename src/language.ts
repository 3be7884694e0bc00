/** Two languages, one set of pages: Japanese at `/…`, its mirror at `/en/…`. */
import type { Lang } from '#protocol/errors.ts';

export const LANGS: readonly Lang[] = ['ja', 'en'];

/** For `[...lang]` in `getStaticPaths`. */
export function langPaths() {
  return [
    { params: { lang: undefined }, props: { lang: 'ja' as const } },
    { params: { lang: 'en' }, props: { lang: 'en' as const } },
  ];
}

/** `/labs/` → `/en/labs/` in English. */
export function at(lang: Lang, path: string): string {
  return lang === 'en' ? `/en${path}` : path;
}
