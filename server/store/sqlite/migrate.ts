import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../error.ts';
import { migration as first } from './migrations/001-first.ts';
import { migration as lives } from './migrations/002-lives.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  up(db: DatabaseSync): void;
}

/** Only forward: a migration that was released is never edited. */
export const MIGRATIONS: readonly Migration[] = [first, lives];

/** Brings the database to the newest version, one transaction a step; refuses one that is newer than that. */
export function migrate(db: DatabaseSync, now: number, migrations: readonly Migration[] = MIGRATIONS): void {
  db.exec(`create table if not exists migration (
    version integer primary key, name text not null, applied_at integer not null
  ) strict`);
  const current = versionOf(db);
  refuseNewer(current, migrations);
  for (const migration of migrations) {
    if (migration.version > current) step(db, migration, now);
  }
}

/** For a second process beside a running server: it may look at the version, not change it. */
export function requireCurrent(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  const current = versionOf(db);
  refuseNewer(current, migrations);
  if (current < newest(migrations)) {
    throw new StoreError(
      'other',
      'The data folder is of an older Dojou. Start the server once to bring it up.',
    );
  }
}

function step(db: DatabaseSync, { version, name, up }: Migration, now: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    up(db);
    db.prepare('insert into migration (version, name, applied_at) values (?, ?, ?)').run(version, name, now);
    db.exec('COMMIT');
  } catch (cause) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw cause;
  }
}

function versionOf(db: DatabaseSync): number {
  const table = db.prepare("select 1 from sqlite_master where type = 'table' and name = 'migration'").get();
  if (table === undefined) return 0;
  return Number(db.prepare('select coalesce(max(version), 0) as version from migration').get()?.version);
}

function refuseNewer(current: number, migrations: readonly Migration[]): void {
  const known = newest(migrations);
  if (current <= known) return;
  throw new StoreError(
    'newer',
    `The data folder was written by a newer Dojou (data version ${current}; this one knows ${known}). ` +
      'Nothing was changed. Start the newer Dojou, or restore a backup that this one wrote.',
  );
}

function newest(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map(({ version }) => version));
}
