/**
 * The files of a seat's home, as HTTP gives and takes them. A path is the names from the home down, joined
 * by `/`; the home itself is the empty path. A name is written so that it survives every encoding: a byte
 * that is no UTF-8, a control or formatting character and `%` itself stand as `%XX`.
 *
 * GET /api/rooms/:id/files?path=&unless=TAG → FolderView, or 204 when its tag is still that one.
 * DELETE /api/rooms/:id/files?path= → 204, a folder with everything in it.
 * POST /api/rooms/:id/files/folders { path } → 201. POST /api/rooms/:id/files/moves { from, to } → 204.
 * GET /api/rooms/:id/files/content?path=&most= → the bytes, as an attachment, with the version as ETag.
 * PUT /api/rooms/:id/files/content?path= → { version }: a body of any type `application/octet-stream`,
 * with `If-Match: "VERSION"` over the file that was seen, or `If-None-Match: *` where there is none yet.
 */
import { KIB, MIB } from './limits.ts';

/** What the editor opens: a log of more is for `less`, or for a download. */
export const EDIT_BYTES = MIB;
/** Of one folder; more is said, and not shown. */
export const FOLDER_ENTRIES = 2000;
export const PATH_LENGTH = 4 * KIB;
export const NAME_BYTES = 255; // Linux
export const PATH_DEPTH = 64;
/** How often a page that is in sight looks again. */
export const LOOK_EVERY_MS = 2000;

export interface FolderView {
  /** Changes with anything that is shown. */
  readonly tag: string;
  /** Folders first, then by name. */
  readonly entries: readonly FileEntry[];
  /** There are more than FOLDER_ENTRIES. */
  readonly more: boolean;
}

export interface FileEntry {
  /** As in a path. */
  readonly name: string;
  /** Only files and folders can be opened; `other` is a pipe, a socket or a device. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly modifiedAt: number;
  /** Of the content: another one means that it may have changed. */
  readonly version: string;
}

export interface SavedAnswer {
  readonly version: string;
}

/** What would hide, reverse or break a line. */
export const UNSAFE = /[%\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A name as somebody typed it → as it stands in a path. */
export function writtenName(typed: string): string {
  return typed.replace(UNSAFE, (letter) => encodeURIComponent(letter));
}

/** A name of a path → for people: nothing in it hides, reverses or breaks a line. */
export function shownName(written: string): string {
  return written.replace(/%([\dA-F]{2})/g, (_, hex: string) => (hex === '25' ? '%' : `\\x${hex}`));
}
