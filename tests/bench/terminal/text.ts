/** The text that flows: what an operator sees, half Japanese, half English, cut nowhere inside a character. */
export const BLOCK_BYTES = 2000;
const FILE_BYTES = 1_000_000;
const FILES = 64;
export const BULK_BYTES = FILES * FILE_BYTES;
/** Ends an answer; no text of ours and no echo of a command holds it. */
export const END_MARK = 0x1e;

const SENTENCES = [
  '2026-11-04T09:12:44+09:00 INFO  web-kite: task started, health check passed after 3 attempts\n',
  '連絡帳のお知らせを 1,284 件送りました。失敗は 0 件、待っているものは 17 件です。\n',
  '2026-11-04T09:12:51+09:00 WARN  queue depth 412 > 400, slowest consumer is notify-2 (812 ms)\n',
  'データベースの接続が上限の 8 割に近づいています。しばらく様子を見ます。\n',
  'GET /api/children/attendance?date=2026-11-04 200 18ms "出欠の一覧"\n',
];

function makeBlock(): string {
  let block = '';
  for (let i = 0; Buffer.byteLength(block) < BLOCK_BYTES - 200; i += 1)
    block += SENTENCES[i % SENTENCES.length];
  return `${block.padEnd(block.length + BLOCK_BYTES - 1 - Buffer.byteLength(block), '.')}\n`;
}

const block = makeBlock();

/** A command that writes the text as `text` into the shell's folder. */
export const WRITE_TEXT = [
  `printf %s ${Buffer.from(block).toString('base64')} | base64 -d > block`,
  `cat $(yes block | head -n ${FILE_BYTES / BLOCK_BYTES}) > text`,
].join('; ');

/** A command that prints `files` times the text, by one process. */
export function printText(files = FILES): string {
  return `cat $(yes text | head -n ${files}); printf '\\036'`;
}

/** A command that prints so many bytes of the text, and how many a terminal makes of them. */
export function printPart(blocks: number): { readonly command: string; readonly total: number } {
  const files = Math.ceil((blocks * BLOCK_BYTES) / FILE_BYTES);
  const command = `cat $(yes text | head -n ${files}) | head -c ${blocks * BLOCK_BYTES}; printf '\\036'`;
  return { command, total: blocks * Buffer.byteLength(block.replaceAll('\n', '\r\n')) };
}

/** Every byte that a terminal makes of the text, in order, without 64 MB of memory. */
export class ExpectedOutput {
  readonly #file = Buffer.from(block.replaceAll('\n', '\r\n').repeat(FILE_BYTES / BLOCK_BYTES));
  readonly total: number;
  #at = 0;

  constructor(files = FILES) {
    this.total = this.#file.length * files;
  }

  /** True until `total` bytes have been compared; throws at the first wrong one. */
  compare(bytes: Buffer): boolean {
    for (let done = 0; done < bytes.length && this.#at < this.total; ) {
      const begin = this.#at % this.#file.length;
      const length = Math.min(bytes.length - done, this.#file.length - begin);
      if (bytes.compare(this.#file, begin, begin + length, done, done + length) !== 0) {
        throw new Error(`the output differs within ${length} bytes after byte ${this.#at}`);
      }
      done += length;
      this.#at += length;
      if (this.#at === this.total && bytes.subarray(done).some((byte) => byte !== END_MARK)) {
        throw new Error('the output is longer than the text');
      }
    }
    return this.#at < this.total;
  }
}
