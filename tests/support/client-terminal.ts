/** A terminal as the browser configures its own, without a page around it. */
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import headless, { type Terminal } from '@xterm/headless';
import { boundTerminal, widthsOf } from '#protocol/terminal-bounds.ts';

/** src/client/terminal-view.ts */
const SCROLLBACK_LINES = 5000;

export function openClientTerminal(cols: number, rows: number): Terminal {
  const terminal = new headless.Terminal({
    cols,
    rows,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
    convertEol: false,
    logLevel: 'off',
  });
  boundTerminal(terminal, widthsOf(new UnicodeGraphemesAddon()));
  return terminal;
}
