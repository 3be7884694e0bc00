import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { newId } from '../lib/ids.ts';

/** Below it, pages of seats are shown on our own origin. */
export const PREVIEW_PATH = '/preview/';
/** The address of a page by its capability; `hosts` is `https://*.…`, or null for below our own origin. */
export function previewUrl(hosts: string | null, capability: string): string {
  return hosts === null ? `${PREVIEW_PATH}${capability}/` : `${hosts.replace('*', capability)}/`;
}

/** Of capabilities that ended with their seat so many are remembered, to say so. */
const REMEMBERED = 1000;

/** A port that serves web pages, in the learner's sandbox or a companion. */
export interface PreviewTarget {
  readonly port: number;
  /** Rejects when nothing listens. */
  connect(): Promise<Duplex>;
}

/** A page that is shown. Disposing ends its address. */
export interface OpenPreview extends Disposable {
  readonly url: string;
  /** Another address, and no longer this one: somebody knows it who has lost the right to. */
  renew(): void;
}

/** Addresses under which web pages of seats are shown: each a capability, unguessable, that ends with its seat. */
export class Previews {
  readonly #urlOf: (capability: string) => string;
  readonly #open = new Map<string, PreviewTarget>();
  readonly #ended = new Set<string>();

  /** `urlOf` turns a capability into the address that a browser opens. */
  constructor(urlOf: (capability: string) => string) {
    this.#urlOf = urlOf;
  }

  open(target: PreviewTarget): OpenPreview {
    let capability = this.#begin(target);
    let over = false;
    const urlOf = this.#urlOf;
    return {
      get url() {
        return urlOf(capability);
      },
      renew: () => {
        if (over) return;
        this.#end(capability);
        capability = this.#begin(target);
      },
      [Symbol.dispose]: () => {
        over = true;
        this.#end(capability);
      },
    };
  }

  #begin(target: PreviewTarget): string {
    // 160 bits, in letters that a host name can have too.
    const capability = newId(randomBytes(16)) + newId(randomBytes(16));
    this.#open.set(capability, target);
    return capability;
  }

  find(capability: string): PreviewTarget | 'ended' | null {
    return this.#open.get(capability) ?? (this.#ended.has(capability) ? 'ended' : null);
  }

  #end(capability: string): void {
    if (!this.#open.delete(capability)) return;
    this.#ended.add(capability);
    const [oldest] = this.#ended;
    if (this.#ended.size > REMEMBERED && oldest !== undefined) this.#ended.delete(oldest);
  }
}
