/** Silent reading: 500 characters a minute in Japanese, 200 words a minute in English (WRITING.md). */
import type { Lang } from '#protocol/errors.ts';

const CHARACTERS_A_MINUTE = 500;
const WORDS_A_MINUTE = 200;

/** Minutes for the text of an MDX body; facilitator's notes and sources are not read in a session. */
export function readingMinutes(body: string, lang: Lang): number {
  const text = body
    .replace(/<HostNotes>[\s\S]*?<\/HostNotes>/g, '')
    .replace(/<Sources>[\s\S]*?<\/Sources>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[#*|_`>-]/g, ' ');
  const amount =
    lang === 'ja'
      ? text.replace(/\s/g, '').length / CHARACTERS_A_MINUTE
      : text.split(/\s+/).filter(Boolean).length / WORDS_A_MINUTE;
  return Math.max(1, Math.round(amount));
}
