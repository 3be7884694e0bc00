/** The lab from its beginning, with other values: in a room of its own, after asking once. */
import { useState } from 'preact/hooks';
import type { StartAnswer } from '#protocol/api.ts';
import { call, sentenceOf } from '../../client/api.ts';
import { at, lang } from '../../client/language.ts';
import { ROOM, TASK } from '../../client/words.ts';
import { Dialog } from './Dialog.tsx';

export function Again({ lab }: { readonly lab: string }) {
  const [sure, setSure] = useState(false);
  const [error, setError] = useState('');
  const start = async () => {
    const answer = await call<StartAnswer>('POST', `/api/labs/${lab}/start`, { fresh: true });
    if (answer.ok) location.assign(at(`/rooms/${answer.value.room}`));
    else setError(sentenceOf(answer.refusal, lang));
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => setSure(true)}>
        {TASK.again[lang]}
      </button>
      {sure && (
        <Dialog title={TASK.again[lang]} close={() => setSure(false)}>
          <p>{TASK.againWhat[lang]}</p>
          <p class="error" role="alert">
            {error}
          </p>
          <div class="dialog-buttons">
            <button type="button" class="button live" onClick={() => void start()}>
              {TASK.againYes[lang]}
            </button>
            <button type="button" class="quiet" onClick={() => setSure(false)}>
              {ROOM.cancel[lang]}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
