/**
 * The store on node:sqlite, in one folder: a database that one writer thread holds, and the saved
 * homes. It knows tables and files; rooms, people and links are plain records to it.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../store.ts';
import { attemptStore } from './attempts.ts';
import { factStore } from './facts.ts';
import { Homes } from './homes.ts';
import { leaseStore } from './leases.ts';
import { linkStore } from './links.ts';
import { lives } from './lives.ts';
import { mapStore } from './map.ts';
import { peopleStore } from './people.ts';
import { queries } from './queries.ts';
import { roomStore } from './rooms.ts';
import { worldLogStore } from './worlds.ts';
import { statement, Writer } from './writer.ts';

const SECRET_BYTES = 32;

export interface SqliteOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For a command beside a running server: takes no lock, migrates nothing. */
  readonly beside?: boolean;
  /** The database never grows beyond this many pages (of 4 KiB): how tests meet a full disk. */
  readonly maxPages?: number;
}

/** Rejects with a StoreError whose message is a sentence for the operator. */
export async function openSqliteStore({
  folder,
  clock,
  log,
  beside = false,
  maxPages,
}: SqliteOptions): Promise<Store> {
  const writer = await Writer.open({ folder, beside, now: clock.now(), maxPages: maxPages ?? null }, log);
  const kept = lives(writer, new Homes(join(folder, 'homes')));
  // Beside a running server, an unfinished file is one that is being written.
  if (!beside)
    await kept.sweep().catch((cause: unknown) => log.warn({ err: cause }, 'Left old files in homes.'));
  return {
    people: peopleStore(writer, clock),
    links: linkStore(writer),
    rooms: roomStore(writer, clock, kept),
    attempts: attemptStore(writer, kept),
    points: kept.points,
    leases: leaseStore(writer),
    worlds: worldLogStore(writer),
    facts: factStore(writer),
    map: mapStore(writer),
    secret: (name) => secret(writer, name),
    [Symbol.asyncDispose]: () => writer.close(),
  };
}

async function secret(writer: Writer, name: string): Promise<Uint8Array> {
  const value = new Uint8Array(randomBytes(SECRET_BYTES));
  const [, found] = await writer.run([
    statement(queries.insertInto('secret').orIgnore().values({ name, value })),
    statement(queries.selectFrom('secret').select('value').where('name', '=', name)),
  ]);
  const kept = found?.rows[0]?.value;
  if (!(kept instanceof Uint8Array)) throw new TypeError(`The secret ${name} is not bytes.`);
  return kept;
}
