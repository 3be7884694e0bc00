/** Bytes of a file ↔ text for the editor, so that what was not edited is saved as it was. */

/** What the editor draws one by one, each an element of its own: so many in a line would stop the page. */
const MARKS = /(?![\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const MARKS_IN_LINE = 500;

/** Null for what is no text: not UTF-8, with a NUL in it, which no text has, or a line of control characters. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') || text.split('\n').some(crowded) ? null : text;
  } catch {
    return null;
  }
}

function crowded(line: string): boolean {
  if (line.length <= MARKS_IN_LINE) return false;
  let marks = 0;
  for (const _ of line.matchAll(MARKS)) {
    marks += 1;
    if (marks > MARKS_IN_LINE) return true;
  }
  return false;
}

/** CRLF where every line has it. In a mixture each CR stays a letter of its line, and is kept. */
export function lineBreakOf(text: string): '\r\n' | '\n' {
  const breaks = text.match(/\r?\n|\r/g) ?? [];
  return breaks.length > 0 && breaks.every((one) => one === '\r\n') ? '\r\n' : '\n';
}

/** `notes.md` → `notes.mine.md`: where mine goes when both are kept. */
export function besides(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let n = 1; ; n += 1) {
    const next = `${stem}.mine${n === 1 ? '' : n}${end}`;
    if (!taken.has(next)) return next;
  }
}

/** Joins a folder's path and a name. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const STEP = 1024;

/** Short, as `ls -h` has it. */
export function sizeInWords(bytes: number, lang: string): string {
  let [value, unit] = [bytes, 0];
  while (value >= STEP && unit < UNITS.length - 1) [value, unit] = [value / STEP, unit + 1];
  return new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'narrow' : 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
