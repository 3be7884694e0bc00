/** Six characters, as somebody reads them aloud. */
import { useState } from 'preact/hooks';
import type { JoinRequest, LinkKind } from '#protocol/api.ts';
import { normaliseCode } from '#protocol/ids.ts';
import { sentenceOf } from '../../client/api.ts';
import { join } from '../../client/joining.ts';
import { lang } from '../../client/language.ts';
import { JOIN, NAME } from '../../client/words.ts';
import { JoinFlow } from './JoinFlow.tsx';

export function CodeForm() {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<{ request: JoinRequest; link: LinkKind } | null>(null);

  const send = async (event: Event) => {
    event.preventDefault();
    const code = normaliseCode(typed);
    if (code === null) return setError(JOIN.codeBad[lang]);
    setBusy(true);
    const answer = await join({ code });
    setBusy(false);
    if (answer.kind === 'refused') setError(sentenceOf(answer.refusal, lang));
    if (answer.kind === 'needs-name') setAsked({ request: { code }, link: answer.link });
  };
  if (asked !== null) {
    return (
      <>
        <p>{JOIN.nameFor[asked.link][lang]}</p>
        <JoinFlow request={asked.request} />
      </>
    );
  }
  return (
    <form class="field code-form" onSubmit={send} aria-busy={busy}>
      <label for="code-field">{JOIN.codeLabel[lang]}</label>
      <div class="field-row">
        <input
          id="code-field"
          class="code-input"
          type="text"
          required
          maxLength={12}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          aria-describedby="code-error"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setError('');
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault();
          }}
        />
        <button class="button" type="submit" disabled={busy}>
          {NAME.enter[lang]}
        </button>
      </div>
      <p class="error" id="code-error" role="alert">
        {error}
      </p>
    </form>
  );
}
