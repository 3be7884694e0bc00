/** Finding text in a terminal: at its top right, beside what it finds. */
import { useSignal } from '@preact/signals';
import caseSensitive from 'lucide-static/icons/case-sensitive.svg?raw';
import down from 'lucide-static/icons/chevron-down.svg?raw';
import up from 'lucide-static/icons/chevron-up.svg?raw';
import regexIcon from 'lucide-static/icons/regex.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Direction, Found, TerminalSearch } from '../../client/comfort/search.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { SEARCH } from '../../client/words-terminal.ts';
import { Icon } from './Icon.tsx';

export function SearchBar({ search }: { readonly search: TerminalSearch }) {
  return search.open.value ? <Bar search={search} /> : null;
}

function Bar({ search }: { readonly search: TerminalSearch }) {
  const field = useRef<HTMLInputElement>(null);
  const text = useSignal('');
  const matchCase = useSignal(false);
  const regex = useSignal(false);
  // Before the next key: whoever goes on typing must not type into the shell.
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [search.asked.value]);
  const find = (direction: Direction) =>
    void search.find({ text: text.value, matchCase: matchCase.value, regex: regex.value }, direction);
  const close = () => void search.close();
  const key = (event: KeyboardEvent) => {
    // Enter and Esc belong to the conversion while there is one; Safari tells it by the code alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Enter' && event.target === field.current) {
      event.preventDefault();
      find(event.shiftKey ? 'previous' : 'next');
    }
  };
  const found = search.found.value;
  const wrong = found.kind === 'wrong' || found.kind === 'empty';
  return (
    <search class="search-bar" aria-label={SEARCH.label[lang]} onKeyDown={key}>
      <input
        ref={field}
        type="text"
        aria-label={SEARCH.query[lang]}
        placeholder={SEARCH.query[lang]}
        aria-invalid={wrong}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          if (!event.isComposing) find('typed');
        }}
        onCompositionEnd={() => find('typed')}
      />
      <span class="search-count" role="status">
        {foundInWords(found)}
      </span>
      <Tool
        svg={caseSensitive}
        says={SEARCH.matchCase[lang]}
        pressed={matchCase.value}
        press={() => {
          matchCase.value = !matchCase.value;
          find('typed');
        }}
      />
      <Tool
        svg={regexIcon}
        says={SEARCH.regex[lang]}
        pressed={regex.value}
        press={() => {
          regex.value = !regex.value;
          find('typed');
        }}
      />
      <Tool svg={up} says={SEARCH.previous[lang]} press={() => find('previous')} />
      <Tool svg={down} says={SEARCH.next[lang]} press={() => find('next')} />
      <Tool svg={x} says={SEARCH.close[lang]} press={close} />
    </search>
  );
}

interface ToolProps {
  readonly svg: string;
  readonly says: string;
  readonly press: () => void;
  readonly pressed?: boolean;
}

function Tool({ svg, says, press, pressed }: ToolProps) {
  return (
    <button
      type="button"
      class="night-button"
      title={says}
      aria-label={says}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={press}
    >
      <Icon svg={svg} />
    </button>
  );
}

function foundInWords(found: Found): string {
  switch (found.kind) {
    case 'idle':
      return '';
    case 'some':
      return fill(SEARCH.place[lang], { at: found.at, of: found.of });
    case 'many':
      return fill(SEARCH.many[lang], { of: found.of });
    case 'none':
    case 'failed':
    case 'wrong':
    case 'empty':
      return SEARCH[found.kind][lang];
    default:
      return found satisfies never;
  }
}
