import type { Migration } from '../migrate.ts';

/**
 * Times are milliseconds since the Unix epoch; structures that are only read whole are JSON.
 * STRICT tables: a column holds what it says.
 */
export const migration: Migration = {
  version: 1,
  name: 'first',
  up(db) {
    db.exec(`
      create table secret (
        name text primary key,
        value blob not null
      ) strict;

      create table person (
        id text primary key,
        name text not null,
        role text not null check (role in ('owner', 'member', 'guest')),
        created_at integer not null
      ) strict;

      create table session (
        hash text primary key,
        person text not null references person (id) on delete cascade,
        expires_at integer not null
      ) strict;
      create index session_expiry on session (expires_at);

      create table attempt (
        id text primary key,
        lab text not null,
        version text not null,
        seed text not null,
        vars text not null check (json_valid(vars)),
        holder_kind text not null check (holder_kind in ('person', 'room')),
        holder_id text not null,
        room text not null,
        created_at integer not null,
        ended_at integer
      ) strict;
      create index attempt_holder on attempt (holder_kind, holder_id, lab, created_at);

      create table room (
        id text primary key,
        attempt text not null references attempt (id),
        state text not null check (json_valid(state)),
        touched_at integer not null
      ) strict;

      create table link (
        id text primary key,
        kind text not null check (kind in ('owner', 'team', 'room-take-part', 'room-watch')),
        hash text not null unique,
        code_hash text,
        room text references room (id) on delete cascade,
        created_by text references person (id) on delete set null,
        created_at integer not null,
        expires_at integer not null,
        uses integer not null
      ) strict;
      create unique index link_code on link (code_hash) where code_hash is not null;
      create index link_expiry on link (expires_at);

      -- One row per right. Where the link goes, the right goes: never "set null", which would keep it for ever.
      create table access (
        room text not null references room (id) on delete cascade,
        person text not null references person (id) on delete cascade,
        link text references link (id) on delete cascade,
        may_take_part integer not null check (may_take_part in (0, 1))
      ) strict;
      create unique index access_right on access (room, person, coalesce(link, ''));
      create index access_person on access (person);
      create index access_link on access (link);

      create table answer (
        attempt text not null references attempt (id) on delete cascade,
        task text not null,
        value text not null,
        primary key (attempt, task)
      ) strict, without rowid;

      create table world_log (
        attempt text not null references attempt (id) on delete cascade,
        n integer not null,
        entry text not null check (json_valid(entry)),
        primary key (attempt, n)
      ) strict, without rowid;

      create table fact (
        id text primary key,
        at integer not null,
        kind text not null check (kind in ('turn', 'check', 'attendance')),
        room text not null,
        attempt text,
        person text,
        role text,
        chore text,
        detail text not null check (json_valid(detail))
      ) strict;
      create index fact_room on fact (room, at);

      create table chore (
        slug text primary key,
        name text,
        who text not null check (who in ('unsaid', 'only-me', 'others-too')),
        infra text not null check (infra in ('unsaid', 'needed', 'not-needed')),
        place integer not null
      ) strict;

      create table focus (
        one integer primary key check (one = 1),
        text text not null,
        chore text,
        review_on text not null,
        updated_at integer not null,
        by text not null
      ) strict;
    `);
  },
};
