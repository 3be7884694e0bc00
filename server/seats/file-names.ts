/** Names of files are bytes; in paths of the protocol they are text that gives the bytes back. */
import { NAME_BYTES, PATH_DEPTH, PATH_LENGTH, writtenName } from '#protocol/files.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function nameOf(bytes: Uint8Array): string {
  try {
    return writtenName(utf8.decode(bytes));
  } catch {
    // Not UTF-8: what is ASCII stays readable.
    return [...bytes].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : escaped(byte))).join('');
  }
}

/** The names of a path, the home's own being none; null when it is no path. */
export function namesIn(path: string): readonly Buffer[] | null {
  if (path === '') return [];
  if (path.length > PATH_LENGTH || !path.isWellFormed()) return null;
  const names = path.split('/').map(bytesOf);
  return names.length <= PATH_DEPTH && names.every(isName) ? names : null;
}

/** `%XX` gives its byte, and everything else its UTF-8. A `%` that stands for itself would be written `%25`. */
function bytesOf(written: string): Buffer {
  const pieces = written.split(/(%[\dA-F]{2})/);
  return Buffer.concat(
    pieces.map((piece, at) => (at % 2 === 1 ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece))),
  );
}

function isName(name: Buffer): boolean {
  const dots = name.equals(Buffer.from('.')) || name.equals(Buffer.from('..'));
  return name.length > 0 && name.length <= NAME_BYTES && !dots && !name.includes(0) && !name.includes('/');
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x25;
}

function escaped(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
