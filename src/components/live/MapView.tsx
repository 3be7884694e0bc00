/** The map of chores: each press is saved, and says so beside the row. */
import { useRef, useState } from 'preact/hooks';
import type { Chore, ChoreMap, Role } from '#protocol/api.ts';
import { CHORE_NAME_LENGTH } from '#protocol/limits.ts';
import { call, sentenceOf } from '../../client/api.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { MAP } from '../../client/words.ts';
import { ChoreRow } from './ChoreRow.tsx';
import { FocusForm } from './FocusForm.tsx';

/** What a row, or the page, says about its last change. */
export type Saving =
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'failed'; readonly sentence: string };
type Answer = Awaited<ReturnType<typeof call<ChoreMap>>>;
/** `hoped` is what the row shows until the server has answered. */
export type Save = (slug: string, send: () => Promise<Answer>, hoped?: Chore) => Promise<boolean>;

interface Props {
  readonly first: ChoreMap;
  /** Null: somebody without a name looks. */
  readonly role: Role | null;
}

export function MapView({ first, role }: Props) {
  const [map, setMap] = useState(first);
  const mayWrite = role === 'owner' || role === 'member';
  const [states, setStates] = useState<Readonly<Record<string, Saving>>>({});
  const [removed, setRemoved] = useState<Chore | null>(null);

  const say = (slug: string, state: Saving) => setStates((all) => ({ ...all, [slug]: state }));
  const saved = useRef(first);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef(0);
  // A change carries its whole row: it must build on the press before it, and arrive after it.
  const save: Save = async (slug, send, hoped) => {
    say(slug, { kind: 'saving' });
    if (hoped !== undefined)
      setMap((all) => ({ ...all, chores: all.chores.map((one) => (one.slug === slug ? hoped : one)) }));
    waiting.current += 1;
    const sent = queue.current.then(send);
    queue.current = sent;
    const answer = await sent;
    waiting.current -= 1;
    if (answer.ok) saved.current = answer.value;
    if (waiting.current === 0) setMap(saved.current);
    say(slug, answer.ok ? { kind: 'saved' } : { kind: 'failed', sentence: sentenceOf(answer.refusal, lang) });
    return answer.ok;
  };
  const remove = async (chore: Chore) => {
    if (await save(chore.slug, () => call('DELETE', `/api/map/chores/${chore.slug}`))) setRemoved(chore);
  };
  const undo = async (chore: Chore) => {
    const made = await call<ChoreMap>('POST', '/api/map/chores', { name: chore.name[lang] });
    if (!made.ok) return say('new', { kind: 'failed', sentence: sentenceOf(made.refusal, lang) });
    saved.current = made.value;
    setMap(made.value);
    setRemoved(null);
    const back = made.value.chores.findLast((one) => one.added && one.name[lang] === chore.name[lang]);
    if (back === undefined) return;
    await save(back.slug, () =>
      call('PUT', `/api/map/chores/${back.slug}`, { who: chore.who, infra: chore.infra }),
    );
  };

  const answered = map.chores.filter((chore) => chore.who !== 'unsaid' && chore.infra !== 'unsaid').length;
  const onlyMe = map.chores.filter((chore) => chore.who === 'only-me').length;
  return (
    <>
      {!mayWrite && (
        <p class="map-name">
          {role === null && MAP.look[lang]}
          {MAP.needLink[lang]}
        </p>
      )}
      <p class="map-shared">
        {MAP.shared[lang]} {mayWrite && MAP.clear[lang]}
      </p>
      <div class="map-head" aria-hidden="true">
        <span>{MAP.chore[lang]}</span>
        <span>{MAP.who[lang]}</span>
        <span>{MAP.infra[lang]}</span>
      </div>
      <ul class="chores plain">
        {map.chores.map((chore) => (
          <ChoreRow
            key={chore.slug}
            chore={chore}
            state={states[chore.slug] ?? null}
            mayWrite={mayWrite}
            save={save}
            remove={remove}
          />
        ))}
      </ul>
      {removed !== null && (
        <p class="removed" role="status">
          {fill(MAP.removed[lang], { name: removed.name[lang] })}{' '}
          <button type="button" class="text-button" onClick={() => void undo(removed)}>
            {MAP.undo[lang]}
          </button>
        </p>
      )}
      {mayWrite && <AddChore state={states['new'] ?? null} save={save} />}
      <p class="map-sum" role="status">
        {fill(MAP.answered[lang], { passed: answered, tasks: map.chores.length })}
        {onlyMe > 0 && <span>{fill(MAP.suggest[lang], { n: onlyMe })}</span>}
      </p>
      <FocusForm map={map} state={states['focus'] ?? null} mayWrite={mayWrite} save={save} />
      <p class="fine">{MAP.notRanking[lang]}</p>
    </>
  );
}

function AddChore({ state, save }: { readonly state: Saving | null; readonly save: Save }) {
  const [name, setName] = useState('');
  const send = async (event: Event) => {
    event.preventDefault();
    if (name.trim() === '') return;
    if (await save('new', () => call('POST', '/api/map/chores', { name: name.trim() }))) setName('');
  };
  return (
    <form class="field add-chore" onSubmit={send}>
      <label for="new-chore">{MAP.addLabel[lang]}</label>
      <div class="field-row">
        <input
          id="new-chore"
          type="text"
          maxLength={CHORE_NAME_LENGTH}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault();
          }}
        />
        <button class="quiet" type="submit">
          {MAP.add[lang]}
        </button>
      </div>
      <p class="error" role="alert">
        {state?.kind === 'failed' ? state.sentence : ''}
      </p>
    </form>
  );
}
