/** What the kernel counts of a sandbox in its control groups, version 1 or 2. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** An events file is some lines of numbers. */
const EVENTS_BYTES = 512;

export interface Counted {
  /** Without what the kernel only keeps because nobody else wants the room. Null: not counted here. */
  readonly memoryBytes: number | null;
  /** Threads count, too. */
  readonly tasks: number | null;
  readonly cpuMs: number | null;
}

/** How often a limit has been hit since the beginning. */
export interface Hits {
  readonly memory: number;
  readonly processes: number;
}

/** The groups of one sandbox: in version 1 a folder per hierarchy, in version 2 one. */
export class Meter implements Disposable {
  readonly #folders: readonly string[];
  readonly #places = new Map<string, string>();
  readonly #oom: readonly CounterFile[];
  readonly #forks: readonly CounterFile[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
    this.#oom = counters(folders, ['memory.oom_control', 'memory.events'], 'oom_kill');
    this.#forks = counters(folders, ['pids.events'], 'max');
  }

  usage(): Counted {
    const used = this.#number('memory.usage_in_bytes') ?? this.#number('memory.current');
    const stat = this.#text('memory.stat');
    const spare = field(stat, 'total_inactive_file') ?? field(stat, 'inactive_file') ?? 0;
    const nanoseconds = this.#number('cpuacct.usage');
    const microseconds = nanoseconds === null ? field(this.#text('cpu.stat'), 'usage_usec') : null;
    return {
      memoryBytes: used === null ? null : Math.max(0, used - spare),
      tasks: this.#number('pids.current'),
      cpuMs: nanoseconds !== null ? nanoseconds / 1e6 : microseconds !== null ? microseconds / 1e3 : null,
    };
  }

  /** Cheap: it is asked every second for every sandbox that lives. */
  hits(): Hits {
    return { memory: sum(this.#oom), processes: sum(this.#forks) };
  }

  [Symbol.dispose](): void {
    for (const file of [...this.#oom, ...this.#forks]) file[Symbol.dispose]();
  }

  #number(name: string): number | null {
    const text = this.#text(name).trim();
    return /^\d+$/.test(text) ? Number(text) : null;
  }

  #text(name: string): string {
    const path = this.#places.get(name) ?? this.#placeOf(name);
    try {
      return path === '' ? '' : readFileSync(path, 'utf8');
    } catch {
      // The group has been removed under us, and its sandbox with it.
      return '';
    }
  }

  /** Which of the groups has such a file does not change; empty when none has. */
  #placeOf(name: string): string {
    const folder = this.#folders.find((each) => existsSync(join(each, name)));
    const place = folder === undefined ? '' : join(folder, name);
    this.#places.set(name, place);
    return place;
  }
}

/** One number of a file that stays open: to open it anew every second would cost most of the reading. */
class CounterFile implements Disposable {
  readonly #name: string;
  readonly #buffer = Buffer.alloc(EVENTS_BYTES);
  #fd: number | null;

  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.#name = name;
  }

  /** 0 once the group is gone. */
  read(): number {
    if (this.#fd === null) return 0;
    try {
      const length = readSync(this.#fd, this.#buffer, 0, EVENTS_BYTES, 0);
      return field(this.#buffer.toString('latin1', 0, length), this.#name) ?? 0;
    } catch {
      // ENODEV: the group has been removed under us, and its sandbox with it.
      return 0;
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

function counters(folders: readonly string[], files: readonly string[], name: string): CounterFile[] {
  return folders.flatMap((folder) =>
    files.flatMap((file) => {
      try {
        return [new CounterFile(openSync(join(folder, file), 'r'), name)];
      } catch {
        // Another hierarchy's, or the other version's.
        return [];
      }
    }),
  );
}

/** A line `name value` of a flat keyed file. */
function field(text: string, name: string): number | null {
  for (const line of text.split('\n')) {
    if (line.startsWith(`${name} `)) return Number(line.slice(name.length + 1));
  }
  return null;
}

function sum(files: readonly CounterFile[]): number {
  return files.reduce((total, file) => total + file.read(), 0);
}
