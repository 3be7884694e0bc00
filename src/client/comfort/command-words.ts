/** What became of a command, in words: colour alone tells nobody. */
import type { Lang } from '#protocol/errors.ts';
import { fill } from '../fill.ts';
import { TRANSCRIPT } from '../words-terminal.ts';

/** One command of a terminal, as the list shows it. */
export interface ListedCommand {
  readonly n: number;
  readonly line: string;
  readonly output: string;
  readonly truncated: boolean;
  /** It took the whole screen, and what it showed there is no output. */
  readonly fullScreen: boolean;
  readonly state: { readonly status: 'running' } | { readonly status: 'done'; readonly exit: number | null };
  /** A name, or empty where nobody is known. */
  readonly by: string;
}

export function stateInWords(state: ListedCommand['state'], lang: Lang): string {
  if (state.status === 'running') return TRANSCRIPT.running[lang];
  if (state.exit === null) return TRANSCRIPT.done[lang];
  return state.exit === 0 ? TRANSCRIPT.success[lang] : fill(TRANSCRIPT.failure[lang], { exit: state.exit });
}

const LINE_SAID = 60;

/**
 * What to say when the list changed: the newest command that was running before and is no more. `before` is
 * null where there was no list yet; one that was empty is a list.
 */
export function endedInWords(
  before: readonly ListedCommand[] | null,
  after: readonly ListedCommand[],
  lang: Lang,
): string | null {
  if (before === null) return null; // one that has just arrived holds old news
  const known = new Map(before.map((command) => [command.n, command.state.status]));
  const newest = Math.max(-1, ...known.keys());
  const ended = after.findLast(
    ({ n, state }) => state.status === 'done' && (known.get(n) === 'running' || n > newest),
  );
  if (ended === undefined) return null;
  const line = ended.line.length > LINE_SAID ? `${ended.line.slice(0, LINE_SAID)}…` : ended.line;
  return fill(TRANSCRIPT.ended[lang], { line, state: stateInWords(ended.state, lang) });
}
