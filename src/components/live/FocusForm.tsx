/** 「いまの焦点(仮)」: one sentence, one chore, one day to look again. */
import { useState } from 'preact/hooks';
import type { ChoreMap } from '#protocol/api.ts';
import { FOCUS_LENGTH } from '#protocol/limits.ts';
import { call } from '../../client/api.ts';
import { moment, weeksAhead } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { MAP } from '../../client/words.ts';
import type { Save, Saving } from './MapView.tsx';

const WEEKS_AHEAD = 4;

interface Props {
  readonly map: ChoreMap;
  readonly state: Saving | null;
  readonly mayWrite: boolean;
  readonly save: Save;
}

export function FocusForm({ map, state, mayWrite, save }: Props) {
  const { focus } = map;
  const [text, setText] = useState(focus?.text ?? '');
  const [chore, setChore] = useState(focus?.chore ?? '');
  const [reviewOn, setReviewOn] = useState(focus?.reviewOn ?? weeksAhead(new Date(), WEEKS_AHEAD));
  const today = weeksAhead(new Date(), 0);
  const send = (event: Event) => {
    event.preventDefault();
    void save('focus', () =>
      call('PUT', '/api/map/focus', { text: text.trim(), chore: chore === '' ? null : chore, reviewOn }),
    );
  };
  return (
    <section class="focus-form" aria-labelledby="focus-form-title">
      <h2 id="focus-form-title">{MAP.focus[lang]}</h2>
      <p>{MAP.focusWhy[lang]}</p>
      <form onSubmit={send}>
        <fieldset disabled={!mayWrite}>
          <div class="field focus-what">
            <label for="focus-text">{MAP.focusText[lang]}</label>
            <input
              id="focus-text"
              type="text"
              required
              maxLength={FOCUS_LENGTH}
              placeholder={MAP.focusExample[lang]}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229))
                  event.preventDefault();
              }}
            />
          </div>
          <div class="field">
            <label for="focus-chore">{MAP.focusChore[lang]}</label>
            <select id="focus-chore" value={chore} onChange={(event) => setChore(event.currentTarget.value)}>
              <option value="">{MAP.focusNone[lang]}</option>
              {map.chores.map((one) => (
                <option key={one.slug} value={one.slug}>
                  {one.name[lang]}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="focus-day">{MAP.reviewOn[lang]}</label>
            <input
              id="focus-day"
              type="date"
              required
              min={today}
              value={reviewOn}
              onInput={(event) => {
                const { value } = event.currentTarget;
                event.currentTarget.setCustomValidity(value < today ? MAP.past[lang] : '');
                setReviewOn(value);
              }}
            />
          </div>
          <button class="button" type="submit">
            {MAP.focusSave[lang]}
          </button>
        </fieldset>
      </form>
      <p class={state?.kind === 'failed' ? 'error' : 'fine'} role="status">
        {state?.kind === 'failed' && state.sentence}
        {state?.kind === 'saving' && MAP.saving[lang]}
        {state?.kind === 'saved' && MAP.saved[lang]}
        {state === null &&
          focus !== null &&
          fill(MAP.focusBy[lang], { name: focus.by, when: moment(focus.updatedAt, lang) })}
      </p>
    </section>
  );
}
