import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { isId } from '#protocol/ids.ts';
import { Queue } from '../../lib/queue.ts';
import { storeError } from '../error.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const FILE_MODE = 0o600;
const UNFINISHED = '.part';
const PACKED = '.tar.zst';
/** A home of 16 MiB takes 40 ms; higher levels take longer and save little of what learners write. */
const PACKING = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

/**
 * Saved homes: files named by what is in them, outside the database, which would grow by them at each
 * save. A home that did not change is stored once, whoever refers to it. A file is there whole or not at all.
 */
export class Homes {
  readonly #folder: string;
  /** Whoever stores, and whoever takes away, one and the same content do it one after another. */
  readonly #queues = new Map<string, { readonly queue: Queue; waiting: number }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes away what a crash left half written, and what nobody refers to any more. */
  async sweep(isUsed: (hash: string) => Promise<boolean>): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (name.endsWith(UNFINISHED)) await rm(join(this.#folder, name), { force: true });
      else if (name.endsWith(PACKED)) await this.drop(name.slice(0, -PACKED.length), isUsed);
    }
  }

  /** Puts it on disk, then lets `refer` say who has it; until that is done, nobody takes it away. */
  async keep<T>(tar: Uint8Array, refer: (hash: string) => Promise<T>): Promise<T> {
    const hash = createHash('sha256').update(tar).digest('hex');
    return this.#alone(hash, async () => {
      if (!(await this.#exists(hash))) await this.#write(hash, tar);
      return refer(hash);
    });
  }

  async read(hash: string): Promise<Uint8Array> {
    try {
      return await decompress(await readFile(this.#path(hash)));
    } catch (cause) {
      throw storeError(cause);
    }
  }

  /** Takes it away, unless somebody refers to it. */
  async drop(hash: string, isUsed: (hash: string) => Promise<boolean>): Promise<void> {
    await this.#alone(hash, async () => {
      if (!(await isUsed(hash))) await rm(this.#path(hash), { force: true });
    });
  }

  /** A home that an older Dojou saved, named by its attempt, with the time of the save. */
  async readOld(attempt: string): Promise<{ readonly tar: Uint8Array; readonly at: number } | null> {
    let file: FileHandle | null = null;
    try {
      file = await open(this.#oldPath(attempt), 'r');
      const { mtimeMs } = await file.stat();
      return { tar: await file.readFile(), at: Math.round(mtimeMs) };
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw storeError(cause);
    } finally {
      await file?.close();
    }
  }

  async dropOld(attempt: string): Promise<void> {
    await rm(this.#oldPath(attempt), { force: true });
  }

  async #write(hash: string, tar: Uint8Array): Promise<void> {
    const path = this.#path(hash);
    const part = `${path}.${randomBytes(6).toString('hex')}${UNFINISHED}`;
    try {
      await written(part, await compress(tar, PACKING));
      await rename(part, path);
      await synced(this.#folder);
    } catch (cause) {
      await rm(part, { force: true });
      throw storeError(cause);
    }
  }

  async #exists(hash: string): Promise<boolean> {
    try {
      await stat(this.#path(hash));
      return true;
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw storeError(cause);
    }
  }

  async #alone<T>(hash: string, work: () => Promise<T>): Promise<T> {
    const line = this.#queues.get(hash) ?? { queue: new Queue(), waiting: 0 };
    this.#queues.set(hash, line);
    line.waiting += 1;
    try {
      return await line.queue.run(work);
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.#queues.delete(hash);
    }
  }

  #path(hash: string): string {
    return join(this.#folder, `${hash}${PACKED}`);
  }

  #oldPath(attempt: string): string {
    return join(this.#folder, `${requireId(attempt)}.tar`);
  }
}

export function requireId(attempt: string): string {
  if (!isId(attempt)) throw new TypeError('An attempt has an id of 16 characters.');
  return attempt;
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

async function written(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(bytes);
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
