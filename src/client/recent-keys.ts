/**
 * Keys of the last two seconds. The network may have eaten them: they are sent again after a reconnect,
 * under the same number, so that the server drops what it already has. Older ones expire rather than
 * fire late into a prompt that has moved on.
 */
import { KEYS_EXPIRE_MS } from '#protocol/limits.ts';

export interface TypedKeys {
  readonly epoch: number;
  readonly i: number;
  readonly bytes: Uint8Array;
  readonly at: number;
}

export class RecentKeys {
  #keys: TypedKeys[] = [];

  add(keys: TypedKeys): void {
    this.#forget(keys.at);
    this.#keys.push(keys);
  }

  /** What may be sent again now, in order: fresh, and typed under the present hold of the keyboard. */
  fresh(now: number, epoch: number): readonly TypedKeys[] {
    this.#forget(now);
    return this.#keys.filter((keys) => keys.epoch === epoch);
  }

  #forget(now: number): void {
    this.#keys = this.#keys.filter((keys) => now - keys.at < KEYS_EXPIRE_MS);
  }
}
