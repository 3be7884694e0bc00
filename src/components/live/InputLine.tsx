/** A native text field under the terminal: the phone's own keyboard and input method write a whole line. */
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { HeldKeys } from '../../client/comfort/held-keys.ts';
import { LineHistory } from '../../client/comfort/line-history.ts';
import { examine } from '../../client/comfort/paste.ts';
import { lang } from '../../client/language.ts';
import { LINE } from '../../client/words-terminal.ts';

interface Props {
  /** Types into the terminal, as a hand would. */
  readonly type: (data: string) => void;
  /** Why nothing can be sent now, and what was written waits; null: it can. */
  readonly closed: string | null;
  readonly held: HeldKeys;
  /** Several lines, which a field for one would join. */
  readonly pasted: (text: string) => void;
  /** True: the line has letters that no command understands, and waits for another Enter. */
  readonly doubtful: (line: string, write: (line: string) => void) => boolean;
  /** A conversion begins or ends. */
  readonly composing: (on: boolean) => void;
  /** While the field has the focus: the way through the lines that were sent. */
  readonly recall: RefObject<Recall | null>;
}

export type Recall = (key: 'ArrowUp' | 'ArrowDown') => void;

/** Fixed: Preact counts its own ids from the same number in each part of the page. */
const FIELD = 'input-line-field';
const WHY = 'input-line-why';

const RETURN = '\r';

export function InputLine({ type, closed, held, pasted, doubtful, composing, recall }: Props) {
  const line = useSignal('');
  const history = useMemo(() => new LineHistory(), []);
  const field = useRef<HTMLInputElement>(null);
  /** The line that was asked about: once is enough. */
  const asked = useRef('');
  // As a property it is true or false.
  useEffect(() => field.current?.setAttribute('autocorrect', 'off'), []);
  const send = () => {
    if (closed !== null) return;
    const write = (half: string) => {
      line.value = half;
      field.current?.focus();
    };
    if (asked.current !== line.value && doubtful(line.value, write)) {
      asked.current = line.value;
      return;
    }
    asked.current = '';
    type(examine(line.value).text + RETURN);
    history.add(line.value);
    line.value = '';
  };
  const goTo: Recall = (key) => {
    line.value = (key === 'ArrowUp' ? history.older(line.value) : history.newer()) ?? line.value;
  };
  const left = () => {
    recall.current = null;
  };
  useEffect(() => left, []);
  const key = (event: KeyboardEvent) => {
    // The Enter that confirms a conversion is not ours; Safari tells it by the code alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      send();
      return;
    }
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    goTo(event.key);
  };
  return (
    <form
      class="input-line"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label for={FIELD} class="visually-hidden">
        {LINE.label[lang]}
      </label>
      <input
        id={FIELD}
        type="text"
        readOnly={closed !== null} // and not disabled: what is written can be read and copied
        placeholder={closed === null ? LINE.placeholder[lang] : ''}
        aria-describedby={WHY}
        enterkeyhint="send"
        autocomplete="off"
        ref={field}
        autocapitalize="off"
        spellcheck={false}
        value={line.value}
        onInput={(event) => {
          // With Ctrl or Alt a letter is a command of its own, and no part of the line.
          if (held.any && !event.isComposing && event.data !== null) {
            type(held.take(event.data));
            event.currentTarget.value = line.value;
          } else line.value = event.currentTarget.value;
        }}
        onPaste={(event) => {
          if (closed !== null) return; // the field takes nothing, and says why
          const text = event.clipboardData?.getData('text/plain') ?? '';
          if (examine(text).breaks === 'none') return;
          event.preventDefault();
          pasted(text);
        }}
        onKeyDown={key}
        onFocus={() => {
          recall.current = goTo;
        }}
        onBlur={left}
        onCompositionStart={() => composing(true)}
        onCompositionEnd={() => composing(false)}
      />
      <button type="submit" class="night-button" disabled={closed !== null}>
        {LINE.send[lang]}
      </button>
      <p id={WHY} class="input-why">
        {closed}
      </p>
    </form>
  );
}
