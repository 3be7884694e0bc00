/**
 * A mirror keeps a terminal's screen on the server, so that who comes late gets the screen and not the
 * whole history. It lives in a worker: parsing 69 MB/s on the event loop would hold every keystroke.
 */
import { Worker } from 'node:worker_threads';
import { type FromMirror, LOT_BYTES, type Snapshot, type ToMirror } from './mirror-messages.ts';

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

/** Their memory goes round: allocated afresh, each 64 MB of output would set off a whole collection. */
const SPARE_LOTS = 16;
/** Or after this time, long after the key's echo has left: the worker's wake-up would delay it. */
const LOT_MS = 100;

/** One worker for all terminals of this process. */
export function createMirrors(): Mirrors {
  const worker = new Worker(new URL('./mirror-worker.ts', import.meta.url));
  worker.unref();
  const progress = new Map<number, (bytes: number) => void>();
  const asked = new Map<number, { resolve(value: Snapshot): void; reject(reason: Error): void }>();
  let ids = 0;
  let asks = 0;
  let dead: Error | null = null;
  const spare: Uint8Array<ArrayBuffer>[] = [];
  const giveBack = (lot: Uint8Array<ArrayBuffer>) => {
    if (spare.length < SPARE_LOTS) spare.push(lot);
  };

  worker.on('message', (message: FromMirror) => {
    if (message.type === 'parsed') {
      if (message.chunk !== undefined) giveBack(message.chunk);
      progress.get(message.id)?.(message.bytes);
    } else {
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
      let lot: Uint8Array<ArrayBuffer> | null = null;
      let filled = 0;
      let timer: NodeJS.Timeout | null = null;
      const handOver = () => {
        if (timer !== null) clearTimeout(timer);
        timer = null;
        if (lot === null) return;
        if (filled === LOT_BYTES) tell({ type: 'write', id, chunk: lot }, [lot.buffer]);
        else {
          const chunk = lot.slice(0, filled);
          tell({ type: 'write', id, chunk }, [chunk.buffer]);
          giveBack(lot);
        }
        lot = null;
        filled = 0;
      };
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
          for (let at = 0; at < chunk.length; ) {
            lot ??= spare.pop() ?? new Uint8Array(LOT_BYTES);
            const piece = chunk.subarray(at, at + LOT_BYTES - filled);
            lot.set(piece, filled);
            filled += piece.length;
            at += piece.length;
            if (filled === LOT_BYTES) handOver();
          }
          if (lot !== null) timer ??= setTimeout(handOver, LOT_MS).unref();
        },
        resize(newCols, newRows) {
          handOver();
          tell({ type: 'resize', id, cols: newCols, rows: newRows });
        },
        snapshot() {
          if (dead !== null) return Promise.reject(dead);
          handOver();
          asks += 1;
          const ask = asks;
          return new Promise((resolve, reject) => {
            asked.set(ask, { resolve, reject });
            tell({ type: 'snapshot', id, ask });
          });
        },
        [Symbol.dispose]() {
          progress.delete(id);
          if (timer !== null) clearTimeout(timer);
          tell({ type: 'close', id });
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
