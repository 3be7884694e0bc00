import { readdirSync, statSync } from 'node:fs';

/** More sandboxes than one host can hold; two servers on one host take different blocks of this size. */
const BLOCK = 1000;

/** Host users for sandboxes; each has its own, so that none counts against another's limits. */
export class UidPool {
  readonly #from: number;
  readonly #taken = new Set<number>();
  #first: number | null = null;

  constructor(from: number) {
    this.#from = from;
  }

  take(): number {
    this.#first ??= freeBlock(this.#from);
    let uid = this.#first;
    while (this.#taken.has(uid)) uid++;
    this.#taken.add(uid);
    return uid;
  }

  give(uid: number): void {
    this.#taken.delete(uid);
  }
}

/** The first block in which no process of the host lives: another server's sandboxes may be there. */
function freeBlock(from: number): number {
  const used = [...usersWithProcesses()];
  let first = from;
  while (used.some((uid) => uid >= first && uid < first + BLOCK)) first += BLOCK;
  return first;
}

function* usersWithProcesses(): Generator<number> {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      yield statSync(`/proc/${name}`).uid;
    } catch {
      // It has ended while we looked.
    }
  }
}
