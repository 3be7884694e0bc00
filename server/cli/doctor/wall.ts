/** A wall of the sandbox, or something that it needs of its host, as `doctor` reports it. */

export interface Words {
  readonly ja: string;
  readonly en: string;
}

/** `weak`: shells run, but this could be better. `missing`: they do not, or must not. */
export type WallState = 'stands' | 'weak' | 'missing';

export interface Wall {
  /** A slug; stable, for machines. */
  readonly id: string;
  readonly state: WallState;
  readonly says: Words;
  /** What to do about it; null where it stands. */
  readonly remedy: Words | null;
}

export const stands = (id: string, says: Words): Wall => ({ id, state: 'stands', says, remedy: null });
export const weak = (id: string, says: Words, remedy: Words): Wall => ({ id, state: 'weak', says, remedy });
export const missing = (id: string, says: Words, remedy: Words): Wall => ({
  ...{ id, state: 'missing' as const, says, remedy },
});
