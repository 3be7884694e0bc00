import { Worker } from 'node:worker_threads';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { LIMITS } from './limits.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { WorldLog } from './world.ts';

type Reply = Extract<FromWorker, { id: number }>;

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** One worker thread and its successors: questions in, answers out; a dead one is replaced on demand. */
export class WorkerLink {
  readonly #options: { heapMiB: number; clock: Clock; log?: Pick<Log, 'warn'> };
  readonly #waiting = new Map<number, Waiting>();
  readonly #logs = new Map<string, WorldLog>();
  #worker: Worker | null = null;
  #life = 0;
  #asked = 0;
  #closed = false;
  #cancelWatch: (() => void) | null = null;
  #heard = true;

  constructor(options: { heapMiB: number; clock: Clock; log?: Pick<Log, 'warn'> }) {
    this.#options = options;
  }

  /** Grows by one with each worker that died. */
  get life(): number {
    return this.#life;
  }

  /** Starts the thread ahead of its first question; an idle one never keeps the process alive. */
  warm(): void {
    this.#started().unref();
  }

  remember(world: string, log: WorldLog): void {
    this.#logs.set(world, log);
  }

  forget(world: string): void {
    this.#logs.delete(world);
    this.#worker?.postMessage({ kind: 'close', world } satisfies ToWorker);
  }

  /** Rejects when the worker dies first, or says that it failed. */
  ask(question: (id: number) => ToWorker): Promise<Reply> {
    if (this.#closed) return Promise.reject(new Error('Practice AWS is closed.'));
    const worker = this.#started();
    const id = ++this.#asked;
    const reply = new Promise<Reply>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    worker.ref(); // while somebody waits; an idle world never keeps the process alive
    worker.postMessage(question(id));
    this.#watch();
    return reply;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#logs.clear();
    const worker = this.#worker;
    this.#died(new Error('Practice AWS is closed.'));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      env: {}, // the server's environment is nothing to a world
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMiB, maxYoungGenerationSizeMb: 32 },
    });
    const lost = (why: Error) => {
      if (this.#worker !== worker) return;
      this.#options.log?.warn({ err: why }, 'A worker of practice AWS died; its worlds are replayed.');
      this.#died(why);
    };
    worker.on('message', (message: FromWorker) => this.#receive(worker, message));
    worker.on('error', (error) => lost(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => lost(new Error(`The worker ended with code ${code}.`)));
    this.#worker = worker;
    return worker;
  }

  #receive(worker: Worker, message: FromWorker): void {
    this.#heard = true;
    if (worker !== this.#worker || message.kind === 'pong') return;
    if (message.kind === 'append') {
      void this.#store(worker, message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) worker.unref();
    if (message.kind === 'failed') {
      const error = new Error(message.message);
      error.name = message.code;
      waiting?.reject(error);
    } else {
      waiting?.resolve(message);
    }
  }

  async #store(worker: Worker, { append, world, n, entry }: Extract<FromWorker, { kind: 'append' }>) {
    let ok = false;
    try {
      const log = this.#logs.get(world);
      if (log) {
        await log.append(n, entry);
        ok = true;
      }
    } catch (error) {
      this.#options.log?.warn({ err: error, world, n }, 'A change of a practice world was not stored.');
    }
    if (this.#worker === worker) worker.postMessage({ kind: 'stored', append, ok } satisfies ToWorker);
  }

  /** While somebody waits, the worker must answer a ping now and then: a stuck one is ended. */
  #watch(): void {
    if (this.#cancelWatch) return;
    this.#heard = true;
    const round = () => {
      this.#cancelWatch = null;
      if (this.#waiting.size === 0 || !this.#worker) return;
      if (!this.#heard) {
        const stuck = this.#worker;
        this.#options.log?.warn({}, 'A worker of practice AWS hung; it is replaced.');
        this.#died(new Error('The worker did not answer.'));
        void stuck.terminate();
        return;
      }
      this.#heard = false;
      this.#worker.postMessage({ kind: 'ping' } satisfies ToWorker);
      this.#cancelWatch = this.#options.clock.after(LIMITS.workerSilenceMs, round);
    };
    this.#cancelWatch = this.#options.clock.after(LIMITS.workerSilenceMs, round);
  }

  #died(why: Error): void {
    this.#worker = null;
    this.#life++;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(why);
  }
}
