/** What the event loop and the mirror's worker say to each other. */
import { MIB } from '#protocol/limits.ts';

export interface Snapshot {
  /** The client goes on with the byte at this offset. */
  readonly offset: number;
  readonly cols: number;
  readonly rows: number;
  /** Escape sequences that draw the screen into a reset terminal of this size: their UTF-8, raw DEFLATE. */
  readonly packed: Uint8Array;
}

/** A command that the shell ran, by the OSC 133 marks of its start-up file. */
export interface Command {
  /** Counts up per terminal. */
  readonly n: number;
  readonly line: string;
  /** As the screen showed it, without colours; bounded, then `truncated`. */
  readonly output: string;
  readonly truncated: boolean;
  /** It took the whole screen for a while, as editors and pagers do: what it showed there is not in `output`. */
  readonly fullScreen: boolean;
  /** `running` until the shell says that it has ended; then its exit code, or null when it did not say. */
  readonly state: { readonly status: 'running' } | { readonly status: 'done'; readonly exit: number | null };
}

export type ToMirror =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly firstCommand: number;
      readonly base: number;
      readonly cols: number;
      readonly rows: number;
    }
  | { readonly type: 'write'; readonly id: number; readonly chunk: Uint8Array<ArrayBuffer> }
  | { readonly type: 'resize'; readonly id: number; readonly cols: number; readonly rows: number }
  | { readonly type: 'snapshot'; readonly id: number; readonly ask: number }
  /** The last commands, oldest first; answered by `commands`. */
  | { readonly type: 'commands'; readonly id: number; readonly ask: number }
  | { readonly type: 'close'; readonly id: number };

export type FromMirror =
  /** `chunk`: of a full lot, its memory to be used again. */
  | {
      readonly type: 'parsed';
      readonly id: number;
      readonly bytes: number;
      readonly chunk?: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'snapshot'; readonly ask: number; readonly snapshot: Snapshot }
  | { readonly type: 'commands'; readonly ask: number; readonly commands: readonly Command[] }
  /** A command began or ended. `output` of one that runs is empty. */
  | { readonly type: 'command'; readonly id: number; readonly command: Command };

/**
 * A message between threads costs as much as parsing some KiB: output is handed over in lots. And of a
 * flood less is parsed, the more of it comes at once (`flood.ts`).
 */
export const LOT_BYTES = MIB;

/**
 * Two numbers that both sides see, whatever one of them is doing: for which terminal the worker is at work,
 * or 0, and a count of the steps that it has begun.
 */
export const UNDER_WAY = { id: 0, step: 1, bytes: 8 } as const;
