/** A native text field under the terminal: the phone's own keyboard and input method write a whole line. */
import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';
import type { HeldKeys } from '../../client/comfort/held-keys.ts';
import { LineHistory } from '../../client/comfort/line-history.ts';
import { examine } from '../../client/comfort/paste.ts';
import { lang } from '../../client/language.ts';
import { LINE } from '../../client/words-terminal.ts';

interface Props {
  /** Types into the terminal, as a hand would. */
  readonly type: (data: string) => void;
  /** Why one may not type now; null: one may. */
  readonly closed: string | null;
  readonly held: HeldKeys;
  /** Several lines, which a field for one would join. */
  readonly pasted: (text: string) => void;
}

const RETURN = '\r';

export function InputLine({ type, closed, held, pasted }: Props) {
  const id = useId();
  const line = useSignal('');
  const history = useMemo(() => new LineHistory(), []);
  const send = () => {
    if (closed !== null) return;
    type(examine(line.value).text + RETURN);
    history.add(line.value);
    line.value = '';
  };
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
    line.value = (event.key === 'ArrowUp' ? history.older(line.value) : history.newer()) ?? line.value;
  };
  return (
    <form
      class="input-line"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label for={id} class="visually-hidden">
        {LINE.label[lang]}
      </label>
      <input
        id={id}
        type="text"
        disabled={closed !== null}
        placeholder={closed === null ? LINE.placeholder[lang] : ''}
        aria-describedby={`${id}-why`}
        enterkeyhint="send"
        autocomplete="off"
        ref={(field) => field?.setAttribute('autocorrect', 'off')} // as a property it is true or false
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
          const text = event.clipboardData?.getData('text/plain') ?? '';
          if (examine(text).breaks === 'none') return;
          event.preventDefault();
          pasted(text);
        }}
        onKeyDown={key}
      />
      <button type="submit" class="night-button" disabled={closed !== null}>
        {LINE.send[lang]}
      </button>
      <p id={`${id}-why`} class="input-why">
        {closed}
      </p>
    </form>
  );
}
