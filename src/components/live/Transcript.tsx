/** What ran in the terminal, as text that can be read, searched and read aloud; nothing of it is stored. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { endedInWords, type ListedCommand, stateInWords } from '../../client/comfort/command-words.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { TRANSCRIPT } from '../../client/words-terminal.ts';

const NEARLY_PX = 24;

interface Props {
  /** Newest last; null before it has come. */
  readonly commands: readonly ListedCommand[] | null;
}

interface News {
  readonly id: number;
  readonly text: string;
}

/** What is read aloud is what was added; a few stay for whoever comes to them late. */
const NEWS_KEPT = 3;

export function Transcript({ commands }: Props) {
  const box = useRef<HTMLElement>(null);
  const [news, setNews] = useState<readonly News[]>([]);
  const before = useRef(commands);
  useEffect(() => {
    const sentence = commands === null ? null : endedInWords(before.current, commands, lang);
    before.current = commands;
    if (sentence === null) return;
    // Each is a line of its own, so that the same words are heard a second time.
    setNews((all) => [...all, { id: (all.at(-1)?.id ?? 0) + 1, text: sentence }].slice(-NEWS_KEPT));
  }, [commands]);
  // The newest comes into sight, unless somebody is reading further up.
  const atEnd = useRef(true);
  useEffect(() => {
    if (commands !== null && commands.length > 0 && atEnd.current)
      box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [commands]);
  const scrolled = ({
    currentTarget: { scrollHeight, scrollTop, clientHeight },
  }: {
    currentTarget: HTMLElement;
  }) => {
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEARLY_PX;
  };
  return (
    <section
      ref={box}
      class="transcript"
      aria-label={TRANSCRIPT.title[lang]}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={scrolled}
    >
      {commands === null || commands.length === 0 ? (
        <p class="fine">{(commands === null ? TRANSCRIPT.loading : TRANSCRIPT.empty)[lang]}</p>
      ) : (
        <ol class="plain">
          {commands.map((command) => (
            <Command key={command.n} command={command} />
          ))}
        </ol>
      )}
      <div class="visually-hidden" role="status" aria-atomic="false">
        {news.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </section>
  );
}

function Command({ command }: { readonly command: ListedCommand }) {
  const { line, by, state, output, truncated } = command;
  const failed = state.status === 'done' && state.exit !== 0 && state.exit !== null;
  return (
    <li>
      <p class="transcript-line">
        <code>{line}</code>
      </p>
      <p class="transcript-facts">
        <span class={failed ? 'transcript-state is-failed' : 'transcript-state'}>
          {stateInWords(state, lang)}
        </span>
        {by !== '' && <span>{fill(TRANSCRIPT.by[lang], { name: by })}</span>}
      </p>
      {command.fullScreen && <p class="fine">{TRANSCRIPT.fullScreen[lang]}</p>}
      {state.status === 'done' && output.trim() === '' && !command.fullScreen && (
        <p class="fine">{TRANSCRIPT.noOutput[lang]}</p>
      )}
      {output.trim() !== '' && (
        <details>
          <summary>{TRANSCRIPT.output[lang]}</summary>
          {truncated && <p class="fine">{TRANSCRIPT.truncated[lang]}</p>}
          <pre>{output}</pre>
        </details>
      )}
    </li>
  );
}
