/** Before a paste that could run something: what it is, and how much of it. */
import { useRef } from 'preact/hooks';
import { preview } from '../../client/comfort/paste.ts';
import type { PasteAnswer, PasteGuard, PasteQuestion } from '../../client/comfort/paste-guard.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { sentences } from '../../client/sentences.ts';
import { PASTE } from '../../client/words-terminal.ts';
import { Dialog } from './Dialog.tsx';

export function PasteDialog({ guard }: { readonly guard: PasteGuard }) {
  const question = guard.question.value;
  return question === null ? null : <Asking question={question} guard={guard} />;
}

function Asking({ question, guard }: { readonly question: PasteQuestion; readonly guard: PasteGuard }) {
  const never = useRef<HTMLInputElement>(null);
  const answer = (one: PasteAnswer) => guard.answer(one, never.current?.checked === true);
  const { lines, more } = preview(question.text);
  const counts = { lines: question.lines, chars: question.chars };
  return (
    <Dialog title={PASTE.title[lang]} close={() => answer('cancel')} wide>
      <p>
        {sentences(fill(PASTE.counts[lang], counts), question.held ? PASTE.waits[lang] : PASTE.runs[lang])}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard */}
      <section class="paste-text" tabIndex={0} aria-label={PASTE.text[lang]}>
        <pre>{lines.join('\n')}</pre>
      </section>
      {more > 0 && <p class="fine">{fill(PASTE.more[lang], { n: more })}</p>}
      {question.removed > 0 && <p class="notice-box">{fill(PASTE.removed[lang], { n: question.removed })}</p>}
      <label class="switch">
        <input type="checkbox" ref={never} />
        <span>{PASTE.never[lang]}</span>
      </label>
      <div class="dialog-buttons">
        <button type="button" class="button" data-first onClick={() => answer('paste')}>
          {PASTE.paste[lang]}
        </button>
        {question.breaks === 'end' && (
          <button type="button" class="quiet" onClick={() => answer('without-last-break')}>
            {PASTE.withoutLast[lang]}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => answer('cancel')}>
          {PASTE.cancel[lang]}
        </button>
      </div>
    </Dialog>
  );
}
