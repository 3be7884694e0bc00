/** Names of character sets (ISO 2022 finals): xterm.js keeps what a set does, but not how it is called. */
import headless from '@xterm/headless';
import { type Charset, inside } from './xterm-inside.ts';

const FINALS = '0ABCEHKQRYZ4567=';

/** Asks an own terminal once. */
export function nameCharsets(): (charset: Charset) => string {
  const core = inside(new headless.Terminal({ cols: 2, rows: 1, allowProposedApi: true }));
  const names = new Map<Charset, string>();
  for (const final of FINALS) {
    core._inputHandler.parse(`\x1b(${final}`);
    const charset = core._charsetService._charsets[0];
    if (!names.has(charset)) names.set(charset, final);
  }
  return (charset) => names.get(charset) ?? 'B';
}
