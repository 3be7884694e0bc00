/**
 * The one who touches a home's files: a program of ours, run inside the sandbox with the learner's rights.
 * Whoever replaces it under way deceives only their own seat, so what it says is parsed as a stranger's word.
 */
import { readFileSync } from 'node:fs';
import type { ErrorCode } from '#protocol/errors.ts';
import type { FileEntry } from '#protocol/files.ts';
import { KIB } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import { Slots } from '../lib/slots.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { nameOf } from './file-names.ts';

const PROGRAM = readFileSync(new URL('../sandbox/inside/files.py', import.meta.url));
/** It comes on stdin, so that `ps` inside shows one short line. */
const ARGV = [
  '/usr/bin/python3',
  '-I', // nothing of the learner's is imported
  '-S',
  '-X',
  'utf8',
  '-c',
  `import sys; exec(sys.stdin.buffer.read(${PROGRAM.length}))`,
];
/** A memory file system answers in milliseconds; a machine with all cores taken needs a few seconds. */
const ANSWER_MS = 15_000;
const WORDS_BYTES = KIB;
/** Each is a Python of some 8 MiB that counts as the learner's. */
const AT_ONCE = 3;
const MAY_WAIT = 60; // a whole class that looks into different folders

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  missing: 'file-missing',
  kind: 'file-kind',
  denied: 'file-denied',
  exists: 'file-exists',
  changed: 'file-changed',
  full: 'home-full',
  name: 'file-name',
};

export interface ProgramAnswer {
  /** After `ok`. */
  readonly words: readonly string[];
  readonly data: Buffer;
}

export class FileProgram {
  readonly #sandbox: Pick<Sandbox, 'exec'>;
  readonly #slots = new Slots({ atOnce: AT_ONCE, mayWait: MAY_WAIT });

  constructor(sandbox: Pick<Sandbox, 'exec'>) {
    this.#sandbox = sandbox;
  }

  /** Words are ASCII without blanks; at most `most` bytes of data come back. */
  async run(words: readonly string[], most: number, data?: Uint8Array): Promise<ProgramAnswer | Refusal> {
    const stdin = Buffer.concat([PROGRAM, Buffer.from(`${words.join(' ')}\n`), data ?? Buffer.alloc(0)]);
    const maxBytes = WORDS_BYTES + most;
    const running = this.#slots.run(() =>
      this.#sandbox.exec({ argv: ARGV, stdin, timeoutMs: ANSWER_MS, maxBytes }),
    );
    if (running === null) return refusal('too-many');
    try {
      const { stdout, truncated, timedOut } = await running;
      return truncated || timedOut ? refusal('files-failed') : read(Buffer.from(stdout));
    } catch {
      // No process may be started any more, or the sandbox has just ended.
      return refusal('files-failed');
    }
  }
}

export function refusal(code: ErrorCode): Refusal {
  return { code, values: {} };
}

/** A path as one word. */
export function wordOf(names: readonly Uint8Array[]): string {
  return ['.', ...names.map((name) => Buffer.from(name).toString('hex'))].join('/');
}

function read(output: Buffer): ProgramAnswer | Refusal {
  const end = output.subarray(0, WORDS_BYTES).indexOf('\n');
  const [first, ...words] = output.toString('latin1', 0, Math.max(end, 0)).split(' ');
  if (first === 'no') return refusal(REFUSALS[words[0] ?? ''] ?? 'files-failed');
  return first === 'ok' ? { words, data: output.subarray(end + 1) } : refusal('files-failed');
}

const VERSION = /^-?[\da-f]{1,16}-[\da-f]{1,16}-[\da-f]{1,16}$/;
const ENTRY = /^(file|folder|link|other) (\d{1,20}) (-?\d{1,20}) (\S{1,60}) ((?:[\da-f]{2}){1,255})$/;
const LATEST = 8.64e15; // the last day of a Date

export function isVersion(word: unknown): word is string {
  return typeof word === 'string' && VERSION.test(word);
}

/** What does not parse is left out. */
export function entriesIn(data: Buffer, most: number): readonly FileEntry[] {
  const byName = new Map<string, FileEntry>();
  for (const line of data.toString('latin1').split('\n', most)) {
    const [, kind, size, modifiedAt, version, hex = ''] = ENTRY.exec(line) ?? [];
    const name = nameOf(Buffer.from(hex, 'hex'));
    if (!isKind(kind) || !isVersion(version)) continue;
    byName.set(name, {
      ...{ name, kind, version },
      size: Math.min(Number(size), Number.MAX_SAFE_INTEGER),
      modifiedAt: Math.max(-LATEST, Math.min(Number(modifiedAt), LATEST)),
    });
  }
  return [...byName.values()];
}

function isKind(word: string | undefined): word is FileEntry['kind'] {
  return word === 'file' || word === 'folder' || word === 'link' || word === 'other';
}
