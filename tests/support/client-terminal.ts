/** A terminal as the browser configures its own, without a page around it. */
import headless, { type Terminal } from '@xterm/headless';
import { boundSequences } from '#protocol/terminal-bounds.ts';
import { boundedGraphemes } from '../../server/terminals/mirror-screen.ts';

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
  const widths = boundedGraphemes();
  terminal.unicode.register(widths);
  terminal.unicode.activeVersion = widths.version;
  boundSequences(terminal);
  return terminal;
}
