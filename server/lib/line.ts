/** Controls, separators, and marks that turn the text around them: a name may not rearrange a list of names. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200B\u2060\uFEFF\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** What somebody typed as one line of visible text of 1 to `most` characters, or null. */
export function lineOf(typed: string, most: number): string | null {
  const line = typed.normalize('NFC').replace(UNSEEN, ' ').replace(/\s+/gu, ' ').trim();
  const length = [...line].length;
  return length >= 1 && length <= most ? line : null;
}
