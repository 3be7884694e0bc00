/**
 * The writer's thread: the only one that touches the database, so that an fsync never holds a
 * keystroke. It knows SQL and files, no aggregate.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { StoreError, storeError } from '../error.ts';
import { lockFolder, openFolder } from './folder.ts';
import { GroupCommit, type Job } from './group.ts';
import type { FromWriter, ToWriter } from './jobs.ts';
import { migrate, requireCurrent } from './migrate.ts';

export interface WriterData {
  readonly folder: string;
  readonly beside: boolean;
  readonly now: number;
  readonly maxPages: number | null;
}

const BUSY_TIMEOUT_MS = 2000; // a backup or `dojou owner-link` holds the database for milliseconds

const port = parentPort;
if (port === null) throw new Error('The writer runs as a worker thread.');
const say = (message: FromWriter) => port.postMessage(message);

const data: WriterData = workerData;
try {
  serve(open(data));
} catch (cause) {
  const { trouble, message } = refusal(cause, data.folder);
  say({ t: 'refused', trouble, message });
  port.close();
}

/** Our own refusals are sentences already; SQLite's and the file system's get one around them. */
function refusal(cause: unknown, folder: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const { trouble, message } = storeError(cause);
  return new StoreError(trouble, `The data folder ${folder} cannot be used: ${message}`, { cause });
}

function open({ folder, beside, now, maxPages }: WriterData): {
  db: DatabaseSync;
  lock: DatabaseSync | null;
} {
  const files = openFolder(folder);
  const lock = beside ? null : lockFolder(files, folder);
  try {
    const db = new DatabaseSync(files.database, { timeout: BUSY_TIMEOUT_MS });
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    if (maxPages !== null) db.exec(`pragma max_page_count = ${maxPages}`);
    if (beside) requireCurrent(db);
    else migrate(db, now);
    return { db, lock };
  } catch (cause) {
    lock?.close();
    throw cause;
  }
}

function serve({ db, lock }: { db: DatabaseSync; lock: DatabaseSync | null }): void {
  const group = new GroupCommit(db);
  let waiting: Job[] = [];
  let closing = false;

  const drain = () => {
    const jobs = waiting;
    waiting = [];
    if (jobs.length > 0) say({ t: 'done', outcomes: group.run(jobs) });
    if (!closing) return;
    db.close();
    lock?.close();
    say({ t: 'closed' });
    port?.close();
  };

  port?.on('message', (message: ToWriter) => {
    // What arrives during the same pass of the event loop, or during an fsync, shares the next one.
    if (waiting.length === 0 && !closing) setImmediate(drain);
    if (message.t === 'job') waiting.push(message);
    else closing = true;
  });
  say({ t: 'ready' });
}
