/** A name is all that a shell needs. */
import { useState } from 'preact/hooks';
import { NAME_LENGTH } from '#protocol/limits.ts';
import { lang } from '../../client/language.ts';
import { NAME } from '../../client/words.ts';

interface Props {
  readonly label: string;
  readonly initial?: string;
  readonly autofocus?: boolean;
  /** Null when it went well; otherwise what to say. */
  readonly submit: (name: string) => Promise<string | null>;
}

export function NameForm({ label, initial = '', autofocus = false, submit }: Props) {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [name, setName] = useState(initial);

  const send = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError((await submit(name.trim())) ?? '');
    setBusy(false);
  };
  return (
    <form class="field name-form" onSubmit={send} aria-busy={busy}>
      <label for="name">{NAME.label[lang]}</label>
      <div class="field-row">
        <input
          id="name"
          name="name"
          type="text"
          required
          maxLength={NAME_LENGTH}
          autocomplete="nickname"
          value={name}
          aria-describedby="name-error"
          ref={(field) => {
            if (autofocus && field !== null && document.activeElement === document.body) field.focus();
          }}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Enter that only confirms a conversion must not send.
            if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault();
          }}
        />
        <button class="button" type="submit" disabled={busy}>
          {label}
        </button>
      </div>
      <p class="error" id="name-error" role="alert">
        {error}
      </p>
    </form>
  );
}
