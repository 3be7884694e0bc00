import { Worker } from 'node:worker_threads';
import type { Compilable } from 'kysely';
import type { Log } from '../../lib/log.ts';
import { StoreError } from '../error.ts';
import {
  bindable,
  type FromWriter,
  type Outcome,
  type Result,
  type Statement,
  type ToWriter,
} from './jobs.ts';
import type { WriterData } from './worker.ts';

interface Waiting {
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: StoreError) => void;
}

/** A typed query of Kysely's as a statement; `changes`: how many rows have to change. */
export function statement(query: Compilable, changes?: number): Statement {
  const { sql, parameters } = query.compile();
  const params = bindable(parameters);
  return changes === undefined ? { sql, params } : { sql, params, changes };
}

/** The server's side of the writer thread. Every promise resolves after the COMMIT that carries it. */
export class Writer {
  readonly #worker: Worker;
  readonly #log: Log;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #n = 0;
  #over: StoreError | null = null;

  private constructor(worker: Worker, log: Log) {
    this.#worker = worker;
    this.#log = log;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
  }

  /** Resolves once the folder is locked and migrated; rejects with a sentence for the operator. */
  static async open(data: WriterData, log: Log): Promise<Writer> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data, name: 'store' });
    const writer = new Writer(worker, log);
    await writer.#ready();
    return writer;
  }

  /** All statements or none. */
  async run(statements: readonly Statement[]): Promise<readonly Result[]> {
    if (this.#over !== null) throw this.#over;
    const n = ++this.#n;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.#say({ t: 'job', n, statements });
    });
  }

  /** Rows of one query, in the shape that Kysely derived from the schema; what comes after it is one job with it. */
  async all<Row>(query: Compilable<Row>, after: readonly Statement[] = []): Promise<readonly Row[]> {
    const [result] = await this.run([statement(query), ...after]);
    // The writer passes on what SQLite gave; STRICT tables hold what `schema.ts` says.
    return (result?.rows ?? []) as readonly Row[];
  }

  async first<Row>(query: Compilable<Row>): Promise<Row | null> {
    return (await this.all(query))[0] ?? null;
  }

  /** How many rows changed. */
  async change(query: Compilable): Promise<number> {
    const [result] = await this.run([statement(query)]);
    return result?.changes ?? 0;
  }

  /** Everything that was queued is written first. Idempotent. */
  async close(): Promise<void> {
    if (this.#over === null) {
      this.#over = new StoreError('closed', 'The store is closed.');
      this.#say({ t: 'close' });
    }
    await this.#exited;
  }

  #say(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWriter) => {
        if (message.t === 'ready') resolve();
        else if (message.t === 'refused') {
          this.#over = new StoreError(message.trouble, message.message);
          reject(this.#over);
        } else if (message.t === 'done')
          for (const { n, outcome } of message.outcomes) this.#settle(n, outcome);
      });
      const broke = (cause: unknown) => {
        const error = new StoreError('other', 'The writer of the store ended unexpectedly.', { cause });
        reject(error);
        this.#fail(error);
      };
      this.#worker.once('error', broke);
      this.#worker.once('exit', () => broke(undefined));
    });
  }

  #settle(n: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    if (outcome.ok) {
      waiting?.resolve(outcome.results);
      return;
    }
    if (outcome.trouble !== 'conflict') this.#log.error({ trouble: outcome.trouble }, outcome.message);
    waiting?.reject(new StoreError(outcome.trouble, outcome.message));
  }

  /** The thread is gone: whoever waits hears it, and everybody after them. The server lives on. */
  #fail(error: StoreError): void {
    if (this.#over === null) {
      this.#over = error;
      this.#log.error({ err: error }, error.message);
    }
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
