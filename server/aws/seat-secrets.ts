import type { Clock } from '../lib/clock.ts';
import type { CredentialVendor, Minted } from './vendor.ts';

export type SecretListener = (value: string) => void;

/**
 * What a seat's shell can print and watchers must not see: the endpoint's token, and secret key and
 * session token of each mint. Access key ids are no secrets; chapters talk about them.
 */
export class SeatSecrets implements Disposable {
  readonly #token: string;
  readonly #clock: Clock;
  readonly #listeners = new Set<SecretListener>();
  #live: readonly Minted[] = [];

  constructor(token: string, clock: Clock) {
    this.#token = token;
    this.#clock = clock;
  }

  /** Tells at once all that are valid now, and later each new one before anybody else has it. */
  onSecret(listener: SecretListener): () => void {
    for (const value of this.#valid()) listener(value);
    // A function of its own for each call: one who asks twice may still end each by itself.
    const own: SecretListener = (value) => listener(value);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** The same vendor, except that what it mints is told before it is handed on. */
  watch(vendor: CredentialVendor): CredentialVendor {
    return {
      mint: async (request) => {
        const minted = await vendor.mint(request);
        this.#tell(minted);
        return minted;
      },
    };
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#live = [];
  }

  #tell(minted: Minted): void {
    this.#forgetExpired();
    this.#live = [...this.#live, minted];
    let hidden = true;
    for (const listener of this.#listeners) {
      try {
        // The token outlives every mint: told again, it is never the oldest that a listener has.
        for (const value of [...secretsOf(minted), this.#token]) listener(value);
      } catch {
        hidden = false;
      }
    }
    // Without the cause, which might quote the value, and whose way leads to a log.
    if (!hidden) throw new Error('A secret could not be hidden, so the credentials were not handed out.');
  }

  #valid(): readonly string[] {
    this.#forgetExpired();
    // The token last: a listener who keeps so many forgets a mint first.
    return [...this.#live.flatMap(secretsOf), this.#token];
  }

  #forgetExpired(): void {
    const now = this.#clock.now();
    this.#live = this.#live.filter((minted) => minted.expiresAt > now);
  }
}

function secretsOf(minted: Minted): readonly string[] {
  return [minted.secretAccessKey, minted.sessionToken];
}
