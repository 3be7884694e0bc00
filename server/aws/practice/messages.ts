import type { SeenCall } from './core.ts';
import type { WorldSeed } from './seed.ts';
import type { LogEntry, WireRequest, WireResponse, WorldPicture } from './world.ts';

/** From the main thread to a worker. `id` pairs an answer with its question. */
export type ToWorker =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly world: string;
      readonly seed: WorldSeed;
      readonly entries: readonly LogEntry[];
    }
  | { readonly kind: 'handle'; readonly id: number; readonly world: string; readonly request: WireRequest }
  | {
      readonly kind: 'inspect';
      readonly id: number;
      readonly world: string;
      readonly action: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly now: number;
    }
  | { readonly kind: 'forward'; readonly id: number; readonly world: string; readonly ms: number }
  | { readonly kind: 'picture'; readonly id: number; readonly world: string; readonly now: number }
  | { readonly kind: 'stored'; readonly append: number; readonly ok: boolean }
  | { readonly kind: 'close'; readonly world: string }
  | { readonly kind: 'ping' };

/** From a worker to the main thread. */
export type FromWorker =
  | { readonly kind: 'opened'; readonly id: number }
  | {
      readonly kind: 'handled';
      readonly id: number;
      readonly response: WireResponse;
      readonly call: SeenCall;
    }
  | { readonly kind: 'forwarded'; readonly id: number }
  | { readonly kind: 'pictured'; readonly id: number; readonly picture: WorldPicture }
  | { readonly kind: 'inspected'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string }
  /** "Store this before I answer"; `append` pairs the reply. */
  | {
      readonly kind: 'append';
      readonly append: number;
      readonly world: string;
      readonly n: number;
      readonly entry: LogEntry;
    }
  | { readonly kind: 'pong' };
