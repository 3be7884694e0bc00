/**
 * What the team can do, chore by chore: the map of recurring work and its provisional focus. It knows
 * the store, and judges nobody.
 */
import type { Chore, ChoreMap, ChoreRequest, Focus, FocusRequest } from '#protocol/api.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import { CHORE_NAME_LENGTH, CHORES, FOCUS_LENGTH } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { lineOf } from '../lib/line.ts';
import type { Person, Store, StoredChore } from '../store/store.ts';
import { FIRST_CHORES } from './first-chores.ts';

/** Reading is for everybody; changing is for the team: the owner and members, not guests. */
export interface TeamMap {
  read(): Promise<ChoreMap>;
  add(by: Person, name: string): Promise<ChoreMap | Refusal>;
  answer(by: Person, slug: string, answer: ChoreRequest): Promise<ChoreMap | Refusal>;
  /** Only rows that were added: the seven first ones stay, answered or not. */
  remove(by: Person, slug: string): Promise<ChoreMap | Refusal>;
  /** An empty text takes the focus away. */
  setFocus(by: Person, focus: FocusRequest): Promise<ChoreMap | Refusal>;
}

export function createChoreMap({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'map'>;
  readonly clock: Clock;
}): TeamMap {
  const read = async (): Promise<ChoreMap> => {
    const [stored, focus] = await Promise.all([store.map.chores(), store.map.focus()]);
    const chores = rowsOf(stored);
    return { chores, focus: focusOf(focus, chores) };
  };
  return {
    read,
    async add(by, typed) {
      if (!mayChange(by)) return no('forbidden');
      const name = lineOf(typed, CHORE_NAME_LENGTH);
      if (name === null) return no('bad-request');
      if ((await read()).chores.length >= CHORES) return no('too-large');
      await store.map.putChore({ slug: `chore-${newId()}`, name, who: 'unsaid', infra: 'unsaid' });
      return read();
    },
    async answer(by, slug, { who, infra }) {
      if (!mayChange(by)) return no('forbidden');
      const chore = (await read()).chores.find((row) => row.slug === slug);
      if (chore === undefined) return no('not-found');
      await store.map.putChore({ slug, name: chore.added ? chore.name.ja : null, who, infra });
      return read();
    },
    async remove(by, slug) {
      if (!mayChange(by)) return no('forbidden');
      const chore = (await read()).chores.find((row) => row.slug === slug);
      if (chore === undefined) return no('not-found');
      if (!chore.added) return no('bad-request');
      await store.map.deleteChore(slug);
      return read();
    },
    async setFocus(by, { text: typed, chore, reviewOn }) {
      if (!mayChange(by)) return no('forbidden');
      const text = typed.trim() === '' ? '' : lineOf(typed, FOCUS_LENGTH);
      if (text === null || !isDate(reviewOn)) return no('bad-request');
      if (chore !== null && !(await read()).chores.some(({ slug }) => slug === chore)) return no('not-found');
      await store.map.putFocus({ text, chore, reviewOn, updatedAt: clock.now(), by: by.name });
      return read();
    },
  };
}

function mayChange({ role }: Person): boolean {
  return role !== 'guest';
}

/** The seven first rows in their order, then those that the team added. */
function rowsOf(stored: readonly StoredChore[]): readonly Chore[] {
  const first = FIRST_CHORES.map(({ slug, name }): Chore => {
    const answer = stored.find((row) => row.slug === slug);
    return { slug, name, who: answer?.who ?? 'unsaid', infra: answer?.infra ?? 'unsaid', added: false };
  });
  const added = stored.flatMap(({ slug, name, who, infra }): readonly Chore[] =>
    name === null ? [] : [{ slug, name: { ja: name, en: name }, who, infra, added: true }],
  );
  return [...first, ...added];
}

/** A focus outlives the row that it was about. */
function focusOf(focus: Focus | null, chores: readonly Chore[]): Focus | null {
  if (focus === null || focus.text === '') return null;
  return chores.some(({ slug }) => slug === focus.chore) ? focus : { ...focus, chore: null };
}

/** A day that exists, as YYYY-MM-DD. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function no(code: ErrorCode): Refusal {
  return { code, values: {} };
}
