import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError, troubleOf } from '../error.ts';

const FOLDER_MODE = 0o700; // what people wrote is nobody else's on this host
const FILE_MODE = 0o600;

export interface DataFolder {
  readonly database: string;
  readonly lock: string;
  readonly homes: string;
}

/** Makes what is missing, readable by nobody else. SQLite gives its WAL the mode of the database file. */
export function openFolder(folder: string): DataFolder {
  const files: DataFolder = {
    database: join(folder, 'dojou.db'),
    lock: join(folder, 'lock.db'),
    homes: join(folder, 'homes'),
  };
  for (const path of [folder, files.homes]) {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    chmodSync(path, FOLDER_MODE);
  }
  for (const path of [files.database, files.lock]) {
    // Opening a file that another connection of this process has locked would drop the lock on closing.
    if (!existsSync(path)) closeSync(openSync(path, 'a', FILE_MODE));
    chmodSync(path, FILE_MODE);
  }
  return files;
}

/**
 * One server per data folder: an exclusive lock of SQLite's on a file of its own, which the kernel
 * takes back when the process dies, however it dies.
 */
export function lockFolder(files: DataFolder, folder: string): DatabaseSync {
  const lock = new DatabaseSync(files.lock);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    if (troubleOf(cause) !== 'locked') throw cause;
    throw new StoreError(
      'in-use',
      `Another Dojou has the data folder open: ${folder}. Stop it first, or give this one a folder of its own (DOJOU_DATA).`,
      { cause },
    );
  }
}
