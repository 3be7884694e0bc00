/** A home on its way out of a sandbox and into another: a tar that is written and read by tar itself, inside. */
import { printable } from './agent-link.ts';
import type { ExecOptions, ExecResult } from './sandbox.ts';

const MIB = 1024 * 1024;
/** A home is at most a memory file system of some hundred MiB: reading or writing it takes no longer. */
const HOME_MS = 60_000;
const ENV = ['/usr/bin/env', '-i'];
/** Part of every Debian, and small: beside a memory that is nearly full, zstd would be ended for its tables. */
const GZIP = '/usr/bin/gzip';
/** RFC 1952, 2.3.1: what each gzip file begins with, and no tar. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** `memory`: tar was killed, as it is when there is no memory left. `size`: more than the home may be. */
export type WhyUnsaved = 'memory' | 'size' | 'time' | 'other';

export class HomeUnsaved extends Error {
  readonly why: WhyUnsaved;

  constructor(why: WhyUnsaved, reason: string) {
    super(`the home cannot be saved: ${reason}`);
    this.name = 'HomeUnsaved';
    this.why = why;
  }
}

export interface HomePlace {
  readonly exec: (options: ExecOptions) => Promise<ExecResult>;
  readonly folder: string;
}

/**
 * A tar, packed only where it has to be: many empty files fill no home, but each takes a header. Its names
 * and headers repeat themselves, and shrink to a few bytes each.
 */
export async function saveHome({ exec, folder }: HomePlace, homeMiB: number): Promise<Uint8Array> {
  // Headers and padding take room beside the content.
  const maxBytes = homeMiB * MIB * 2;
  const plain = await read(exec, ['-C', folder], maxBytes);
  if (plain !== null) return plain;
  // -n: the same home is the same bytes, whenever it is saved.
  const packed = await read(exec, ['-I', `${GZIP} -1n`, '-C', folder], maxBytes);
  if (packed === null) throw new HomeUnsaved('size', `it is larger than ${homeMiB} MiB`);
  return packed;
}

/** Null when it is larger than that. */
async function read(
  exec: HomePlace['exec'],
  how: readonly string[],
  maxBytes: number,
): Promise<Uint8Array | null> {
  const argv = [...ENV, '/usr/bin/tar', ...how, '--sparse', '--ignore-failed-read', '-cf', '-', '.'];
  const { code, signal, stdout, stderr, timedOut, truncated } = await exec({
    ...{ argv, timeoutMs: HOME_MS, maxBytes },
  });
  const said = text(stderr);
  if (timedOut) throw new HomeUnsaved('time', `reading it takes longer than ${HOME_MS / 1000} s`);
  if (signal === 'SIGKILL' || said.includes('signal 9')) {
    throw new HomeUnsaved('memory', 'tar was killed, as it is when there is no memory left');
  }
  if (truncated) return null;
  // 1: a file changed while it was read, which a running shell may well do.
  if (code === 0 || code === 1) return stdout;
  throw new HomeUnsaved('other', said || `tar ended with ${signal ?? code} and did not say why`);
}

/** What `saveHome` gave, plain or packed. */
export async function restoreHome({ exec, folder }: HomePlace, tar: Uint8Array): Promise<void> {
  const packed = GZIP_MAGIC.every((byte, at) => tar[at] === byte);
  const how = packed ? ['-I', GZIP] : [];
  const argv = [...ENV, '/usr/bin/tar', ...how, '-C', folder, '--no-same-owner', '-xf', '-'];
  const result = await exec({ argv, stdin: tar, timeoutMs: HOME_MS, maxBytes: 4096 });
  if (result.code !== 0) throw new Error(`the home cannot be put back: ${text(result.stderr)}`);
}

function text(bytes: Uint8Array): string {
  return printable(Buffer.from(bytes).toString('utf8')).trim();
}
