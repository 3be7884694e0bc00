/** One mirror: a headless terminal of the browser's width policy, and its state as a snapshot. */

import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import type { Terminal } from '@xterm/headless';
import headless from '@xterm/headless';
import { boundTerminal, widthsOf } from '#protocol/terminal-bounds.ts';
import { WholeCharacters, WRITE_BYTES } from '#protocol/whole-characters.ts';
import { nameCharsets } from './charsets.ts';
import { Heard } from './heard.ts';
import { snapshot } from './snapshot.ts';
import { type Inside, inside, type Screenful } from './xterm-inside.ts';

/** Lines above the screen that a late joiner can scroll back to. */
const LINES = 500;
/** Each link costs time with every line that scrolls: more at once are plain text. */
const LINKS_MOST = 1000;

/** Ends a sequence that has begun, and resets. */
const ABANDON = '\x18\x1bc';

const graphemes = widthsOf(new UnicodeGraphemesAddon());
let flags: ReturnType<typeof nameCharsets> | null = null;

export interface MirrorScreen {
  readonly terminal: Terminal;
  /** At once: in a worker nobody waits for a turn, and the order is that of the messages. */
  parse(output: string | Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** Of what has been parsed until now. */
  snapshot(): string;
}

export function openMirrorScreen(cols: number, rows: number): MirrorScreen {
  flags ??= nameCharsets();
  const flagOf = flags;
  // It would write some forty lines to standard error for each sequence that is none.
  const quiet = { logLevel: 'off' } as const;
  const terminal = new headless.Terminal({ cols, rows, scrollback: LINES, allowProposedApi: true, ...quiet });
  boundTerminal(terminal, graphemes);
  const core = inside(terminal);
  terminal.parser.registerOscHandler(
    8,
    (link) => !link.endsWith(';') && core._oscLinkService._dataByLinkId.size > LINKS_MOST,
  );
  const heard = new Heard(terminal);
  const resize = keepSavedLine(terminal, core);
  const characters = new WholeCharacters();
  const joining = (codePoint: number, before: number) => graphemes.charProperties(codePoint, before);
  return {
    terminal,
    parse(output) {
      try {
        if (typeof output === 'string') core._inputHandler.parse(output);
        else {
          for (let at = 0; at < output.length; at += WRITE_BYTES) {
            core._inputHandler.parse(characters.take(output.subarray(at, at + WRITE_BYTES)));
          }
        }
      } catch {
        // Output on which xterm.js throws ends every browser's terminal, too. Ours goes on, empty.
        core._inputHandler.parse(ABANDON);
      }
    },
    resize,
    snapshot: () =>
      snapshot({
        core,
        cols: terminal.cols,
        rows: terminal.rows,
        modes: terminal.modes,
        heard,
        joining,
        flagOf,
      }),
  };
}

/**
 * A saved cursor stays with its line in xterm.js while the scrollback grows, and with its row once that is
 * full. Ours is full much sooner than a browser's: let the line count for both. Gives how to resize, which
 * counts by itself.
 */
function keepSavedLine(terminal: Terminal, core: Inside): MirrorScreen['resize'] {
  let by: 'scroll' | 'erase' | 'resize' = 'scroll';
  let followed: Screenful | null = null;
  const follow = () => {
    const { normal } = core.buffers;
    if (normal === followed) return; // the other screen came or went, and no reset made new ones
    followed = normal;
    normal.lines.onTrim((count) => {
      if (by === 'scroll') normal.savedY -= count;
      if (by === 'erase') by = 'scroll';
    });
  };
  follow();
  core.buffers.onBufferActivate(follow);
  terminal.parser.registerCsiHandler({ final: 'J' }, (params) => {
    if (params[0] === 3 && core.buffers.active.ybase > 0) by = 'erase';
    return false;
  });
  return (cols, rows) => {
    by = 'resize';
    terminal.resize(cols, rows);
    by = 'scroll';
  };
}
