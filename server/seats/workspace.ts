/**
 * The files of a seat's home, for who would rather not open vim. Everything goes through a program inside
 * the sandbox; nothing here follows a path of the learner's on the host. It knows neither rooms nor HTTP.
 */
import { createHash } from 'node:crypto';
import { type FileEntry, FOLDER_ENTRIES, type FolderView, type SavedAnswer } from '#protocol/files.ts';
import { MIB } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { namesIn } from './file-names.ts';
import { entriesIn, FileProgram, isVersion, type ProgramAnswer, refusal, wordOf } from './file-program.ts';

/** What is in memory of one file on its way; a start of the program is cheap beside it. */
const PIECE_BYTES = 2 * MIB;
const ENTRY_BYTES = 640; // the longest line of a listing: 255 bytes of name in hexadecimal, and numbers
/** However many look, a folder is listed once a second. */
const FRESH_MS = 1000;
const FOLDERS_REMEMBERED = 50;
const NO_DATA = 0;

export interface OpenFile {
  readonly size: number;
  readonly version: string;
  /** Exactly `size` bytes; throws when the file was replaced or cut meanwhile. */
  readonly content: AsyncIterable<Uint8Array>;
}

export interface WriteOptions {
  /** Of the file that is to be replaced; null where there must be none yet. */
  readonly over: string | null;
  /** Why it may no longer be done, asked before each piece. */
  readonly refuses: () => Promise<Refusal | null>;
}

interface Listing {
  readonly at: number;
  readonly view: Promise<FolderView | Refusal>;
}

export class Workspace {
  readonly #program: FileProgram;
  readonly #homeBytes: number;
  readonly #clock: Clock;
  readonly #listings = new Map<string, Listing>();

  constructor(options: {
    readonly sandbox: Pick<Sandbox, 'exec'>;
    readonly homeMiB: number;
    readonly clock: Clock;
  }) {
    this.#program = new FileProgram(options.sandbox);
    this.#homeBytes = options.homeMiB * MIB;
    this.#clock = options.clock;
  }

  list(path: string): Promise<FolderView | Refusal> {
    const names = namesIn(path);
    if (names === null) return Promise.resolve(refusal('file-name'));
    const word = wordOf(names);
    const now = this.#clock.now();
    const known = this.#listings.get(word);
    if (known !== undefined && Math.abs(now - known.at) < FRESH_MS) return known.view;
    const view = this.#list(word);
    this.#listings.delete(word);
    this.#listings.set(word, { at: now, view });
    for (const oldest of this.#listings.keys()) {
      if (this.#listings.size <= FOLDERS_REMEMBERED) break;
      this.#listings.delete(oldest);
    }
    return view;
  }

  /** A file of at most `most` bytes, and never of more than the home can hold. */
  async open(path: string, most: number = this.#homeBytes): Promise<OpenFile | Refusal> {
    const word = this.#wordOfEntry(path);
    if (word === null) return refusal('file-name');
    const first = await this.#read(word, 0, Math.min(PIECE_BYTES, most));
    if ('code' in first) return first;
    const { size, version, data } = first;
    if (size > Math.min(most, this.#homeBytes)) return refusal('too-large');
    return { size, version, content: this.#contentOf(word, { size, version, data }) };
  }

  /** In the place of the file as a whole, once the last byte has come; nothing is ever half written. */
  async write(
    path: string,
    body: AsyncIterable<Uint8Array>,
    { over, refuses }: WriteOptions,
  ): Promise<SavedAnswer | Refusal> {
    const word = this.#wordOfEntry(path);
    if (word === null) return refusal('file-name');
    const temporary = `.dojou-upload-${newId()}`;
    let offset = 0;
    let refused: Refusal | null = null;
    try {
      for await (const { bytes, last } of pieces(body)) {
        refused = offset + bytes.length > this.#homeBytes ? refusal('too-large') : await refuses();
        if (refused !== null) return refused;
        const words = ['put', word, temporary, String(offset), last ? 'last' : 'more', over ?? 'new'];
        const answer = await this.#change(words, bytes);
        if ('code' in answer) {
          refused = answer;
          return refused;
        }
        offset += bytes.length;
        const [version] = answer.words;
        if (last) return isVersion(version) ? { version } : refusal('files-failed');
      }
      return refusal('files-failed');
    } catch (error) {
      refused = refusal('files-failed');
      throw error;
    } finally {
      if (refused !== null && offset > 0) await this.#program.run(['drop', word, temporary], NO_DATA);
    }
  }

  async makeFolder(path: string): Promise<Refusal | null> {
    const word = this.#wordOfEntry(path);
    return word === null ? refusal('file-name') : refusalIn(await this.#change(['folder', word]));
  }

  /** Never over something that is there. */
  async move(from: string, to: string): Promise<Refusal | null> {
    const [word, other] = [this.#wordOfEntry(from), this.#wordOfEntry(to)];
    if (word === null || other === null) return refusal('file-name');
    return refusalIn(await this.#change(['move', word, other]));
  }

  /** A folder with everything in it; a link, not what it leads to. */
  async remove(path: string): Promise<Refusal | null> {
    const word = this.#wordOfEntry(path);
    return word === null ? refusal('file-name') : refusalIn(await this.#change(['remove', word]));
  }

  /** Null for what is no path, and for the home itself, which is no entry of anything. */
  #wordOfEntry(path: string): string | null {
    const names = namesIn(path);
    return names === null || names.length === 0 ? null : wordOf(names);
  }

  async #list(word: string): Promise<FolderView | Refusal> {
    const answer = await this.#program.run(
      ['list', word, String(FOLDER_ENTRIES)],
      FOLDER_ENTRIES * ENTRY_BYTES,
    );
    if ('code' in answer) return answer;
    const entries = entriesIn(answer.data, FOLDER_ENTRIES).toSorted(byKindAndName);
    const more = answer.words[0] === '1';
    const tag = createHash('sha256')
      .update(JSON.stringify([entries, more]))
      .digest('base64url')
      .slice(0, 16);
    return { tag, entries, more };
  }

  async #read(word: string, offset: number, length: number) {
    const answer = await this.#program.run(['read', word, String(offset), String(length)], length);
    if ('code' in answer) return answer;
    const [version, size = ''] = answer.words;
    if (!isVersion(version) || !/^\d{1,20}$/.test(size)) return refusal('files-failed');
    return { version, size: Number(size), data: answer.data };
  }

  async *#contentOf(word: string, first: { size: number; version: string; data: Buffer }) {
    let offset = 0;
    for (let piece = first; ; ) {
      const bytes = piece.data.subarray(0, first.size - offset);
      if (bytes.length > 0) yield bytes;
      offset += bytes.length;
      if (offset >= first.size) return;
      const next = await this.#read(word, offset, Math.min(PIECE_BYTES, first.size - offset));
      // A log that grows is still the same; one that was cut or replaced is not what was begun with.
      const same = !('code' in next) && fileIn(next.version) === fileIn(first.version);
      if (!same || next.data.length === 0) throw new Error('a file was replaced while it was read');
      piece = next;
    }
  }

  /** What changes the home is seen at once. */
  async #change(words: readonly string[], data?: Uint8Array): Promise<ProgramAnswer | Refusal> {
    try {
      return await this.#program.run(words, NO_DATA, data);
    } finally {
      this.#listings.clear();
    }
  }
}

function refusalIn(answer: ProgramAnswer | Refusal): Refusal | null {
  return 'code' in answer ? answer : null;
}

/** Of a version, what stays as long as it is the same file. */
function fileIn(version: string): string {
  return version.slice(version.lastIndexOf('-'));
}

const inOrder = new Intl.Collator('ja', { numeric: true }).compare;

function byKindAndName(one: FileEntry, other: FileEntry): number {
  const folders = Number(other.kind === 'folder') - Number(one.kind === 'folder');
  return folders || inOrder(one.name, other.name) || (one.name < other.name ? -1 : 1);
}

/** A body cut anew; an empty one is one empty piece. */
async function* pieces(body: AsyncIterable<Uint8Array>) {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (size > 0 && size + chunk.length > PIECE_BYTES) {
      yield { bytes: Buffer.concat(held), last: false };
      [held, size] = [[], 0];
    }
    held.push(chunk);
    size += chunk.length;
  }
  yield { bytes: Buffer.concat(held), last: true };
}
