/** Why something could not be stored or read. The code is the catalogue's; the reason is for the log. */
export type StoreTrouble =
  | 'full' // no space left, or a file-size limit
  | 'read-only'
  | 'locked' // another process holds the database for longer than the busy timeout
  | 'conflict' // a constraint or an expectation does not hold: the change was taken back
  | 'damaged' // not a database, or its pages contradict each other
  | 'in-use' // another server has this data folder open
  | 'newer' // written by a version that this one does not know
  | 'closed'
  | 'other';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'store-failed';
  readonly trouble: StoreTrouble;

  constructor(trouble: StoreTrouble, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.trouble = trouble;
  }
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const BY_RESULT_CODE: Readonly<Record<number, StoreTrouble>> = {
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  8: 'read-only', // SQLITE_READONLY
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'read-only', // SQLITE_CANTOPEN: the folder takes no journal
  19: 'conflict', // SQLITE_CONSTRAINT
  26: 'damaged', // SQLITE_NOTADB
};

const BY_SYSTEM_CODE: Readonly<Record<string, StoreTrouble>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
};

/** What SQLite or the file system said, in our words. */
export function troubleOf(error: unknown): StoreTrouble {
  if (error instanceof StoreError) return error.trouble;
  if (!(error instanceof Error)) return 'other';
  if ('errcode' in error && typeof error.errcode === 'number') {
    return BY_RESULT_CODE[error.errcode & 0xff] ?? 'other';
  }
  if ('code' in error && typeof error.code === 'string') return BY_SYSTEM_CODE[error.code] ?? 'other';
  return 'other';
}

export function storeError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(troubleOf(cause), message, { cause });
}
