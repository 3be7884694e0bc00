/** One mirror: a headless terminal of the browser's width policy, and its state as a snapshot. */

import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import type { Terminal } from '@xterm/headless';
import headless from '@xterm/headless';
import { boundTerminal, widthsOf } from '#protocol/terminal-bounds.ts';
import { WholeCharacters, WRITE_BYTES } from '#protocol/whole-characters.ts';
import { nameCharsets } from './charsets.ts';
import { Heard } from './heard.ts';
import { snapshot } from './snapshot.ts';
import { inside } from './xterm-inside.ts';

/** Lines above the screen that a late joiner can scroll back to. */
const LINES = 500;

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
  const heard = new Heard(terminal);
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
    resize: (cols, rows) => terminal.resize(cols, rows),
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
