import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TEXT = new Set([
  '.html',
  '.css',
  '.js',
  '.mjs',
  '.svg',
  '.json',
  '.xml',
  '.txt',
  '.webmanifest',
  '.wasm',
]);
const WORTH_IT_BYTES = 1024; // below it, headers weigh more than what is saved

const ENCODERS = [
  {
    suffix: '.br',
    encode: (bytes: Buffer) =>
      promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
      }),
  },
  { suffix: '.gz', encode: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }) },
] as const;

/**
 * Puts `.br` and `.gz` beside every text file of the built site, where they are missing or older than
 * it. Returns how many it wrote.
 */
export async function precompress(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && TEXT.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  let written = 0;
  for (const file of files) written += await compressed(file);
  return written;
}

async function compressed(file: string): Promise<number> {
  const { size, mtimeMs } = await stat(file);
  if (size < WORTH_IT_BYTES) return 0;
  let written = 0;
  for (const { suffix, encode } of ENCODERS) {
    const beside = await stat(file + suffix).catch(() => null);
    if (beside !== null && beside.mtimeMs >= mtimeMs) continue;
    // Under a name of its own first: nobody is sent half a file, and two servers may do this at once.
    const part = `${file}${suffix}.${randomUUID()}.part`;
    await writeFile(part, await encode(await readFile(file)));
    await rename(part, file + suffix);
    written++;
  }
  return written;
}
