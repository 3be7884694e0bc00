/**
 * Credentials for a person at a seat: who makes them (`CredentialVendor`) and how rarely they are
 * made (`createMintCache`). Nothing here knows whether AWS is the practice one or a real account.
 */
import type { Clock } from '../lib/clock.ts';
import type { CompiledPolicy } from './policy.ts';

export interface MintRequest {
  readonly person: string;
  readonly lab: string;
  readonly seat: string;
  readonly policy: CompiledPolicy;
}

export interface Minted {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Wall time, ms since the epoch. */
  readonly expiresAt: number;
  readonly roleArn: string;
  readonly assumedRoleArn: string;
  /** Percent of STS's own limit. */
  readonly packedPolicySize: number | null;
}

export interface CredentialVendor {
  mint(request: MintRequest): Promise<Minted>;
}

/** One line of the mint ledger: everything but the secret. */
export interface MintFact {
  readonly who: string;
  readonly lab: string;
  readonly seat: string;
  readonly role: string;
  readonly policySha256: string;
  readonly packedPolicySize: number | null;
  readonly expiresAt: number;
  readonly accessKeyId: string;
}

const MINUTE_MS = 60_000;
/** botocore refreshes below 15 minutes left; a minute before that, so that it always gets fresh ones. */
export const MINT_AGAIN_BELOW_MS = 16 * MINUTE_MS;
/** A person needs one mint per seat and three quarters of an hour; this leaves room for trouble. */
const MINTS_PER_WINDOW = 12;
const WINDOW_MS = 10 * MINUTE_MS;

export class MintRefused extends Error {
  override readonly name = 'MintRefused';
}

/**
 * Mints once per (seat, person) and keeps the result on the server until 16 minutes before it
 * expires. Concurrent callers share one mint; a person who needs too many is refused.
 */
export function createMintCache(options: {
  readonly vendor: CredentialVendor;
  readonly clock: Clock;
  /** Told after each mint; a secret never reaches it. */
  readonly ledger?: (fact: MintFact) => void;
}): CredentialVendor & { forget(seat: string): void } {
  const { vendor, clock, ledger } = options;
  const live = new Map<string, Minted>();
  const minting = new Map<string, Promise<Minted>>();
  const history = new Map<string, readonly number[]>();

  const allowAnother = (person: string): void => {
    const now = clock.now();
    const recent = (history.get(person) ?? []).filter((at) => at > now - WINDOW_MS);
    if (recent.length >= MINTS_PER_WINDOW) {
      throw new MintRefused(`More than ${MINTS_PER_WINDOW} sets of credentials in ten minutes.`);
    }
    history.set(person, [...recent, now]);
  };

  const mint = async (key: string, request: MintRequest): Promise<Minted> => {
    allowAnother(request.person);
    const minted = await vendor.mint(request);
    live.set(key, minted);
    ledger?.({
      who: request.person,
      lab: request.lab,
      seat: request.seat,
      role: minted.roleArn,
      policySha256: request.policy.sha256,
      packedPolicySize: minted.packedPolicySize,
      expiresAt: minted.expiresAt,
      accessKeyId: minted.accessKeyId,
    });
    return minted;
  };

  return {
    mint(request) {
      const key = `${request.seat}/${request.person}/${request.policy.sha256}`;
      const known = live.get(key);
      if (known && known.expiresAt - clock.now() > MINT_AGAIN_BELOW_MS) return Promise.resolve(known);
      const underWay = minting.get(key) ?? mint(key, request).finally(() => minting.delete(key));
      minting.set(key, underWay);
      return underWay;
    },
    forget(seat) {
      for (const key of live.keys()) if (key.startsWith(`${seat}/`)) live.delete(key);
    },
  };
}
