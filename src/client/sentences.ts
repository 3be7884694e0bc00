/** One sentence after another: English has a blank between them, Japanese has its 。 and nothing more. */
import type { Lang } from '#protocol/errors.ts';
import { lang } from './language.ts';

export const BETWEEN = { ja: '', en: ' ' } as const satisfies Record<Lang, string>;

export function sentences(...all: readonly string[]): string {
  return all.join(BETWEEN[lang]);
}
