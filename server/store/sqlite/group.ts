import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreError, storeError } from '../error.ts';
import type { Bindable, Outcome, Result, Row, Statement } from './jobs.ts';

export interface Job {
  readonly n: number;
  readonly statements: readonly Statement[];
}

export interface Done {
  readonly n: number;
  readonly outcome: Outcome;
}

const CACHED_STATEMENTS = 256;

/**
 * Runs everything that is waiting in one transaction, so that one fsync pays for all of it. Each job
 * has a savepoint: one that fails is taken back alone. Outcomes are known only once COMMIT is through.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  run(jobs: readonly Job[]): readonly Done[] {
    try {
      return this.#transaction(jobs);
    } catch (cause) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      // A full disk ends the whole transaction, whoever filled it: the others get a chance of their own.
      if (jobs.length > 1) return jobs.flatMap((job) => this.run([job]));
      return jobs.map(({ n }) => ({ n, outcome: failed(cause) }));
    }
  }

  /** Deferred, so that reading goes on where writing cannot. */
  #transaction(jobs: readonly Job[]): readonly Done[] {
    this.#db.exec('BEGIN');
    const done = jobs.map((job) => ({ n: job.n, outcome: this.#job(job) }));
    this.#db.exec('COMMIT');
    return done;
  }

  #job({ statements }: Job): Outcome {
    this.#db.exec('SAVEPOINT job');
    try {
      const results = statements.map((statement) => this.#statement(statement));
      this.#db.exec('RELEASE job');
      return { ok: true, results };
    } catch (cause) {
      // Some errors end the transaction by themselves; then there is nothing left to go back to.
      if (!this.#db.isTransaction) throw cause;
      this.#db.exec('ROLLBACK TO job');
      this.#db.exec('RELEASE job');
      return failed(cause);
    }
  }

  #statement({ sql, params, changes: expected }: Statement): Result {
    const prepared = this.#prepare(sql);
    const result = prepared.columns().length > 0 ? rowsOf(prepared, params) : changesOf(prepared, params);
    if (expected !== undefined && result.changes !== expected) {
      throw new StoreError('conflict', `Expected ${expected} changed rows, found ${result.changes}: ${sql}`);
    }
    return result;
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= CACHED_STATEMENTS) this.#prepared.clear();
    const statement = this.#db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** A query, or a change with RETURNING. */
function rowsOf(prepared: StatementSync, params: readonly Bindable[]): Result {
  const rows: readonly Row[] = prepared.all(...params);
  return { rows, changes: rows.length };
}

function changesOf(prepared: StatementSync, params: readonly Bindable[]): Result {
  return { rows: [], changes: Number(prepared.run(...params).changes) };
}

function failed(cause: unknown): Outcome {
  const { trouble, message } = storeError(cause);
  return { ok: false, trouble, message };
}
