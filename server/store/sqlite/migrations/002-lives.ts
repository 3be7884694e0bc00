import type { Migration } from '../migrate.ts';

/** Homes by what is in them, saved points, leases and forks. Homes saved before are found by their attempt. */
export const migration: Migration = {
  version: 2,
  name: 'lives',
  up(db) {
    db.exec(`
      -- A null hash: the attempt begins afresh. No row: never saved, or saved by an older Dojou.
      create table home (
        attempt text primary key,
        hash text,
        at integer not null
      ) strict;
      create index home_hash on home (hash);

      create table point (
        id text primary key,
        attempt text not null references attempt (id) on delete cascade,
        at integer not null,
        why text not null check (why in ('asked', 'step', 'before-reset')),
        step text not null,
        home text,
        log text not null check (json_valid(log))
      ) strict;
      create index point_attempt on point (attempt, at);
      create index point_home on point (home);

      create table lease (
        attempt text primary key references attempt (id) on delete cascade,
        begun_at integer not null,
        ends_at integer not null
      ) strict;

      create table fork (
        attempt text primary key references attempt (id) on delete cascade,
        of_attempt text not null
      ) strict;
    `);
  },
};
