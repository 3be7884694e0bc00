/**
 * A mirror keeps a terminal's screen on the server, so that who comes late gets the screen and not the
 * whole history. It lives in a worker: parsing 69 MB/s on the event loop would hold every keystroke.
 */
import { Worker } from 'node:worker_threads';

export interface Snapshot {
  /** The client goes on with the byte at this offset. */
  readonly offset: number;
  readonly cols: number;
  readonly rows: number;
  /** Escape sequences that draw the screen into a reset terminal of this size. */
  readonly vt: string;
}

export interface Mirror extends Disposable {
  write(chunk: Uint8Array): void;
  resize(cols: number, rows: number): void;
  snapshot(): Promise<Snapshot>;
  /** Bytes given to it and not yet parsed. */
  readonly pending: number;
  /** Called when `pending` has become smaller. */
  onProgress(handler: () => void): void;
}

export interface Mirrors extends AsyncDisposable {
  open(options: { readonly base: number; readonly cols: number; readonly rows: number }): Mirror;
}

export type ToMirror =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly base: number;
      readonly cols: number;
      readonly rows: number;
    }
  | { readonly type: 'write'; readonly id: number; readonly chunk: Uint8Array }
  | { readonly type: 'resize'; readonly id: number; readonly cols: number; readonly rows: number }
  | { readonly type: 'snapshot'; readonly id: number; readonly ask: number }
  | { readonly type: 'close'; readonly id: number };

export type FromMirror =
  | { readonly type: 'parsed'; readonly id: number; readonly bytes: number }
  | { readonly type: 'snapshot'; readonly ask: number; readonly snapshot: Snapshot };

/** One worker for all terminals of this process. */
export function createMirrors(): Mirrors {
  const worker = new Worker(new URL('./mirror-worker.ts', import.meta.url));
  worker.unref();
  const progress = new Map<number, (bytes: number) => void>();
  const asked = new Map<number, { resolve(value: Snapshot): void; reject(reason: Error): void }>();
  let ids = 0;
  let asks = 0;
  let dead: Error | null = null;

  worker.on('message', (message: FromMirror) => {
    if (message.type === 'parsed') progress.get(message.id)?.(message.bytes);
    else {
      asked.get(message.ask)?.resolve(message.snapshot);
      asked.delete(message.ask);
    }
  });
  worker.on('error', (error) => {
    dead = new Error('the mirror worker failed', { cause: error });
    for (const { reject } of asked.values()) reject(dead);
    asked.clear();
    for (const parsed of progress.values()) parsed(Number.POSITIVE_INFINITY); // it paces nobody any more
  });

  const tell = (message: ToMirror, transfer: readonly ArrayBuffer[] = []) => {
    if (dead === null) worker.postMessage(message, [...transfer]);
  };

  return {
    open({ base, cols, rows }) {
      ids += 1;
      const id = ids;
      let pending = 0;
      let onProgress: () => void = () => undefined;
      progress.set(id, (bytes) => {
        pending = Math.max(0, pending - bytes);
        onProgress();
      });
      tell({ type: 'open', id, base, cols, rows });
      return {
        get pending() {
          return dead === null ? pending : 0;
        },
        onProgress(handler) {
          onProgress = handler;
        },
        write(chunk) {
          pending += chunk.length;
          const copy = new Uint8Array(chunk);
          tell({ type: 'write', id, chunk: copy }, [copy.buffer]);
        },
        resize(newCols, newRows) {
          tell({ type: 'resize', id, cols: newCols, rows: newRows });
        },
        snapshot() {
          if (dead !== null) return Promise.reject(dead);
          asks += 1;
          const ask = asks;
          return new Promise((resolve, reject) => {
            asked.set(ask, { resolve, reject });
            tell({ type: 'snapshot', id, ask });
          });
        },
        [Symbol.dispose]() {
          progress.delete(id);
          tell({ type: 'close', id });
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
