/** What the event loop and the mirror's worker say to each other. */
import { KIB } from '#protocol/limits.ts';

export interface Snapshot {
  /** The client goes on with the byte at this offset. */
  readonly offset: number;
  readonly cols: number;
  readonly rows: number;
  /** Escape sequences that draw the screen into a reset terminal of this size. */
  readonly vt: string;
}

export type ToMirror =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly base: number;
      readonly cols: number;
      readonly rows: number;
    }
  | { readonly type: 'write'; readonly id: number; readonly chunk: Uint8Array<ArrayBuffer> }
  | { readonly type: 'resize'; readonly id: number; readonly cols: number; readonly rows: number }
  | { readonly type: 'snapshot'; readonly id: number; readonly ask: number }
  | { readonly type: 'close'; readonly id: number };

export type FromMirror =
  /** `chunk`: of a full lot, its memory to be used again. */
  | {
      readonly type: 'parsed';
      readonly id: number;
      readonly bytes: number;
      readonly chunk?: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'snapshot'; readonly ask: number; readonly snapshot: Snapshot };

/** A message between threads costs as much as parsing some KiB: output is handed over in lots. */
export const LOT_BYTES = 256 * KIB;
