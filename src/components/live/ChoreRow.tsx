/** One chore: two questions, two buttons each, saved at once. */
import check from 'lucide-static/icons/check.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import type { Chore } from '#protocol/api.ts';
import { call } from '../../client/api.ts';
import { lang } from '../../client/language.ts';
import { MAP } from '../../client/words.ts';
import { Icon } from './Icon.tsx';
import type { Save, Saving } from './MapView.tsx';

interface Props {
  readonly chore: Chore;
  readonly state: Saving | null;
  readonly mayWrite: boolean;
  readonly save: Save;
  readonly remove: (chore: Chore) => Promise<void>;
}

const WHO = ['only-me', 'others-too'] as const;
const INFRA = ['needed', 'not-needed'] as const;

export function ChoreRow({ chore, state, mayWrite, save, remove }: Props) {
  const put = (change: Partial<Pick<Chore, 'who' | 'infra'>>) => {
    const hoped = { ...chore, ...change };
    const { who, infra } = hoped;
    void save(chore.slug, () => call('PUT', `/api/map/chores/${chore.slug}`, { who, infra }), hoped);
  };
  const name = chore.name[lang];
  return (
    <li class={chore.who === 'only-me' ? 'chore chore-alone' : 'chore'}>
      <p class="chore-name" id={`chore-${chore.slug}`}>
        {name}
        {chore.added && mayWrite && (
          <button
            type="button"
            class="icon-button"
            aria-label={`${MAP.remove[lang]}: ${name}`}
            title={MAP.remove[lang]}
            onClick={() => void remove(chore)}
          >
            <Icon svg={trash} />
          </button>
        )}
      </p>
      <Choice
        label={MAP.who[lang]}
        name={`${chore.slug}-who`}
        of={chore.slug}
        options={WHO}
        value={chore.who}
        disabled={!mayWrite}
        choose={(who) => put({ who })}
      />
      <Choice
        label={MAP.infra[lang]}
        name={`${chore.slug}-infra`}
        of={chore.slug}
        options={INFRA}
        value={chore.infra}
        disabled={!mayWrite}
        choose={(infra) => put({ infra })}
      />
      <p class={state?.kind === 'failed' ? 'chore-state error' : 'chore-state'} role="status">
        {state?.kind === 'saving' && MAP.saving[lang]}
        {state?.kind === 'saved' && (
          <>
            <Icon svg={check} />
            {MAP.saved[lang]}
          </>
        )}
        {state?.kind === 'failed' && state.sentence}
      </p>
    </li>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly name: string;
  readonly of: string;
  readonly options: readonly T[];
  readonly value: string;
  readonly disabled: boolean;
  readonly choose: (value: T | 'unsaid') => void;
}

function Choice<T extends keyof typeof MAP>({
  label,
  name,
  of,
  options,
  value,
  disabled,
  choose,
}: ChoiceProps<T>) {
  return (
    <fieldset class="pair" disabled={disabled} aria-describedby={`chore-${of}`}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            checked={value === option}
            onChange={() => choose(option)}
            // Only the chosen one, pressed again, has nothing to change.
            onClick={() => value === option && choose('unsaid')}
          />
          <span>{MAP[option][lang]}</span>
        </label>
      ))}
    </fieldset>
  );
}
