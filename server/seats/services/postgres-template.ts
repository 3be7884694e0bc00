import { newId } from '../../lib/ids.ts';
import type { SandboxDriver } from '../../sandbox/sandbox.ts';
import { ADMIN, DATA } from './postgres-settings.ts';

/** Fresh files of a database take 28 MiB, and their making some more. */
const MAKING = { memoryMiB: 256, pids: 32, homeMiB: 64, env: {}, files: [], home: null };
const INITDB_MS = 60_000;

/**
 * The files of a database in which nothing is yet, made once by the host's own `initdb` in a sandbox, and
 * kept for every seat: making them takes half a second of a core, unpacking them a tenth.
 */
export class PostgresTemplate {
  readonly #driver: SandboxDriver;
  #home: Promise<Uint8Array> | null = null;

  constructor(driver: SandboxDriver) {
    this.#driver = driver;
  }

  /** A home with the files in it. One that could not be made is tried again by whoever asks next. */
  home(programs: string): Promise<Uint8Array> {
    this.#home ??= this.#make(programs).catch((error: unknown) => {
      this.#home = null;
      throw error;
    });
    return this.#home;
  }

  async #make(programs: string): Promise<Uint8Array> {
    await using sandbox = await this.#driver.create({ id: newId(), ...MAKING });
    const argv = [`${programs}/initdb`, '-D', DATA, '-U', ADMIN, '-E', 'UTF8', '--locale=C.UTF-8'];
    const made = await sandbox.exec({
      // Segments of 1 MiB: a log of 16 MiB would be most of what a small lab takes.
      argv: [...argv, '--auth=reject', '--no-sync', '--no-instructions', '--wal-segsize=1'],
      timeoutMs: INITDB_MS,
      maxBytes: 16_384,
    });
    if (made.code !== 0) throw new Error(`initdb: ${Buffer.from(made.stderr).toString('utf8').trim()}`);
    return await sandbox.saveHome();
  }
}
