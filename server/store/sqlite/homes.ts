import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '#protocol/ids.ts';
import { storeError } from '../error.ts';

const FILE_MODE = 0o600;
const UNFINISHED = '.part';

/**
 * Saved homes: one tar per attempt, outside the database, which would grow by it at each save. A file
 * is there whole or not at all; its modification time is the time of the save.
 */
export class Homes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes away what a crash left half written. */
  async sweep(): Promise<void> {
    const left = (await readdir(this.#folder)).filter((name) => name.endsWith(UNFINISHED));
    await Promise.all(left.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  async save(attempt: string, tar: Uint8Array, at: number): Promise<void> {
    const path = this.#path(attempt);
    const part = `${path}.${randomBytes(6).toString('hex')}${UNFINISHED}`;
    try {
      await written(part, tar, at);
      await rename(part, path);
      await synced(this.#folder);
    } catch (cause) {
      await rm(part, { force: true });
      throw storeError(cause);
    }
  }

  async read(attempt: string): Promise<{ readonly tar: Uint8Array; readonly at: number } | null> {
    let file: FileHandle | null = null;
    try {
      file = await open(this.#path(attempt), 'r');
      const { mtimeMs } = await file.stat();
      return { tar: await file.readFile(), at: Math.round(mtimeMs) };
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
      throw storeError(cause);
    } finally {
      await file?.close();
    }
  }

  #path(attempt: string): string {
    if (!isId(attempt)) throw new TypeError('An attempt has an id of 16 characters.');
    return join(this.#folder, `${attempt}.tar`);
  }
}

async function written(path: string, tar: Uint8Array, at: number): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(tar);
    await file.utimes(at / 1000, at / 1000);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without it, a power cut may forget the rename. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
