/** One life of the worker that holds the mirrors: output goes there in lots, screens come back. */
import { Worker } from 'node:worker_threads';
import type { Mirror, MirrorOptions } from './mirror.ts';
import { type Command, type FromMirror, LOT_BYTES, type ToMirror, UNDER_WAY } from './mirror-messages.ts';

/** The memory of lots goes round: allocated afresh, each 64 MB of output would set off a whole collection. */
const SPARE_LOTS = 6;
/** A lot that is not full waits this long, so that the worker's wake-up never delays a key's echo. */
const LOT_MS = 100;
/** Screens of some hundred terminals; a program that fills a cell without end hits it instead of the host. */
const HEAP_MIB = 512;
/** A step of its work takes milliseconds, a large screen drawn some hundred: one that lasts longer never ends. */
const STUCK_MS = 2000;
/** It is looked at so often; in between, the whole process may have been asleep. */
const WATCH_MS = 250;

type Answer = Extract<FromMirror, { readonly ask: number }>;

interface Held {
  readonly owner: object;
  readonly pending: number;
  parsed(bytes: number): void;
  command(command: Command): void;
  lost(): void;
}

export class MirrorThread {
  readonly #worker: Worker;
  readonly #held = new Map<number, Held>();
  readonly #asked = new Map<number, { hear(answer: Answer): void; reject(reason: Error): void }>();
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  #ids = 0;
  #asks = 0;
  #dead: Error | null = null;

  readonly #onFailed: (error: Error, guilty: object | null) => void;
  readonly #underWay = new Int32Array(new SharedArrayBuffer(UNDER_WAY.bytes));
  #watch: NodeJS.Timeout | null = null;
  #step = 0;
  #sameFor = 0;

  /** `guilty`: the owner of the mirror at which it was at work when it failed. */
  constructor(script: URL, onFailed: (error: Error, guilty: object | null) => void) {
    this.#onFailed = onFailed;
    this.#worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
      workerData: this.#underWay.buffer,
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromMirror) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`it ended with ${code}`)));
  }

  open({ owner, base, cols, rows, firstCommand }: MirrorOptions): Mirror {
    this.#ids += 1;
    const id = this.#ids;
    let pending = 0;
    let onProgress: () => void = () => undefined;
    let onLost: () => void = () => undefined;
    let onCommand: (command: Command) => void = () => undefined;
    const lots = new Lots(
      () => this.#spare.pop() ?? new Uint8Array(LOT_BYTES),
      (chunk) => this.#tell({ type: 'write', id, chunk }, [chunk.buffer]),
      (lot) => this.#keep(lot),
    );
    this.#held.set(id, {
      owner,
      get pending() {
        return pending;
      },
      parsed: (bytes) => {
        pending = Math.max(0, pending - bytes);
        onProgress();
      },
      command: (command) => onCommand(command),
      lost: () => {
        pending = 0;
        onLost();
      },
    });
    this.#tell({ type: 'open', id, base, cols, rows, firstCommand });

    return {
      get pending() {
        return pending;
      },
      onProgress: (handler) => {
        onProgress = handler;
      },
      onLost: (handler) => {
        onLost = handler;
      },
      onCommand: (handler) => {
        onCommand = handler;
      },
      write: (chunk) => {
        if (this.#dead !== null) return;
        pending += chunk.length;
        lots.add(chunk);
      },
      resize: (newCols, newRows) => {
        lots.handOver();
        this.#tell({ type: 'resize', id, cols: newCols, rows: newRows });
      },
      snapshot: () => {
        lots.handOver();
        return this.#ask({ type: 'snapshot', id }, (answer) =>
          answer.type === 'snapshot' ? answer.snapshot : null,
        );
      },
      commands: () => {
        lots.handOver();
        return this.#ask({ type: 'commands', id }, (answer) =>
          answer.type === 'commands' ? answer.commands : null,
        );
      },
      [Symbol.dispose]: () => {
        this.#held.delete(id);
        lots.drop();
        this.#tell({ type: 'close', id });
      },
    };
  }

  async end(): Promise<void> {
    this.#dead ??= new Error('the worker of the mirrors was ended');
    this.#rest();
    await this.#worker.terminate();
  }

  #hear(message: FromMirror): void {
    switch (message.type) {
      case 'parsed':
        if (message.chunk !== undefined) this.#keep(message.chunk);
        this.#held.get(message.id)?.parsed(message.bytes);
        return;
      case 'command':
        this.#held.get(message.id)?.command(message.command);
        return;
      default:
        this.#asked.get(message.ask)?.hear(message);
        this.#asked.delete(message.ask);
    }
  }

  #keep(lot: Uint8Array<ArrayBuffer>): void {
    if (this.#spare.length < SPARE_LOTS) this.#spare.push(lot);
  }

  #ask<T>(
    question: { readonly type: 'snapshot' | 'commands'; readonly id: number },
    read: (answer: Answer) => T | null,
  ): Promise<T> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    this.#asks += 1;
    const ask = this.#asks;
    return new Promise((resolve, reject) => {
      const hear = (answer: Answer) => {
        const value = read(answer);
        if (value === null) reject(new Error(`the mirror answered ${answer.type} to ${question.type}`));
        else resolve(value);
      };
      this.#asked.set(ask, { hear, reject });
      this.#tell({ ...question, ask });
    });
  }

  #tell(message: ToMirror, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#dead !== null) return;
    this.#worker.postMessage(message, [...transfer]);
    this.#watch ??= setTimeout(() => this.#look(), WATCH_MS).unref();
  }

  #look(): void {
    this.#watch = null;
    const busy = Atomics.load(this.#underWay, UNDER_WAY.id) !== 0;
    const step = Atomics.load(this.#underWay, UNDER_WAY.step);
    this.#sameFor = busy && step === this.#step ? this.#sameFor + WATCH_MS : 0;
    this.#step = step;
    if (this.#sameFor >= STUCK_MS) this.#fail(new Error('it was stuck'));
    else if (busy || this.#asked.size > 0 || [...this.#held.values()].some((held) => held.pending > 0)) {
      this.#watch = setTimeout(() => this.#look(), WATCH_MS).unref();
    }
  }

  #rest(): void {
    if (this.#watch !== null) clearTimeout(this.#watch);
    this.#watch = null;
  }

  #fail(cause: Error): void {
    if (this.#dead !== null) return;
    const dead = new Error('the worker of the mirrors failed', { cause });
    this.#dead = dead;
    this.#rest();
    void this.#worker.terminate();
    this.#onFailed(dead, this.#held.get(Atomics.load(this.#underWay, UNDER_WAY.id))?.owner ?? null);
    for (const { reject } of this.#asked.values()) reject(dead);
    for (const held of [...this.#held.values()]) held.lost();
  }
}

/** Gathers output until a lot is full, or its time has come. */
class Lots {
  readonly #fresh: () => Uint8Array<ArrayBuffer>;
  readonly #send: (chunk: Uint8Array<ArrayBuffer>) => void;
  readonly #unused: (lot: Uint8Array<ArrayBuffer>) => void;
  #lot: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    fresh: () => Uint8Array<ArrayBuffer>,
    send: (chunk: Uint8Array<ArrayBuffer>) => void,
    unused: (lot: Uint8Array<ArrayBuffer>) => void,
  ) {
    this.#fresh = fresh;
    this.#send = send;
    this.#unused = unused;
  }

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      this.#lot ??= this.#fresh();
      const piece = chunk.subarray(at, at + LOT_BYTES - this.#filled);
      this.#lot.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === LOT_BYTES) this.handOver();
    }
    if (this.#lot !== null) this.#timer ??= setTimeout(() => this.handOver(), LOT_MS).unref();
  }

  handOver(): void {
    const lot = this.#lot;
    const filled = this.#filled;
    this.drop();
    if (lot === null) return;
    if (filled === LOT_BYTES) this.#send(lot);
    else {
      this.#send(lot.slice(0, filled));
      this.#unused(lot);
    }
  }

  drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#lot = null;
    this.#filled = 0;
  }
}
