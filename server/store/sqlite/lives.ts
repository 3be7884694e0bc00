/** Which home an attempt has, its saved points, and going back to one: home and world change in one job. */
import type { PointRecord, PointStore } from '../store.ts';
import { type Homes, requireId } from './homes.ts';
import type { Statement } from './jobs.ts';
import { queries } from './queries.ts';
import type { Writer } from './writer.ts';

/** Of each attempt, made when asked for or at the end of a step. */
const POINTS = 8;
/** Points from before a reset: the last one, and the one from before that was taken. */
const WAYS_BACK = 2;

export interface Lives {
  readonly points: PointStore;
  saveHome(attempt: string, tar: Uint8Array, at: number): Promise<void>;
  home(attempt: string): Promise<{ readonly tar: Uint8Array; readonly at: number } | null>;
  homeSavedAt(attempt: string): Promise<number | null>;
  /** Has to be through before a job refers to the home of this attempt. */
  adopt(attempt: string): Promise<void>;
  /** Takes away files that nobody refers to. */
  sweep(): Promise<void>;
}

export function lives(writer: Writer, homes: Homes): Lives {
  const isUsed = async (hash: string) => {
    const sql = 'select 1 as used from home where hash = ?1 union all select 1 from point where home = ?1';
    const [result] = await writer.run([{ sql, params: [hash] }]);
    return (result?.rows.length ?? 0) > 0;
  };
  const drop = async (hashes: readonly unknown[]) => {
    for (const hash of hashes) if (typeof hash === 'string') await homes.drop(hash, isUsed);
  };

  const row = (attempt: string) =>
    writer.first(queries.selectFrom('home').select(['hash', 'at']).where('attempt', '=', attempt));

  const saveHome = async (attempt: string, tar: Uint8Array, at: number) => {
    requireId(attempt);
    const before = await homes.keep(tar, async (hash) => {
      const [old] = await writer.run([
        { sql: 'select hash from home where attempt = ?', params: [attempt] },
        {
          sql: `insert into home (attempt, hash, at) values (?, ?, ?)
            on conflict (attempt) do update set hash = excluded.hash, at = excluded.at`,
          params: [attempt, hash, at],
        },
      ]);
      return old?.rows[0]?.hash;
    });
    await Promise.all([drop([before]), homes.dropOld(attempt)]);
  };

  const adopt = async (attempt: string) => {
    if ((await row(attempt)) !== null) return;
    const old = await homes.readOld(attempt);
    if (old !== null) await saveHome(attempt, old.tar, old.at);
  };

  const listed = (attempt: string): Statement => ({
    sql: 'select id, at, why, step from point where attempt = ? order by at desc, rowid desc',
    params: [attempt],
  });

  return {
    saveHome,
    adopt,
    async home(attempt) {
      requireId(attempt);
      const known = await row(attempt);
      if (known === null) return homes.readOld(attempt);
      return known.hash === null ? null : { tar: await homes.read(known.hash), at: known.at };
    },
    async homeSavedAt(attempt) {
      const known = await row(requireId(attempt));
      if (known === null) return (await homes.readOld(attempt))?.at ?? null;
      return known.hash === null ? null : known.at;
    },
    async sweep() {
      await homes.sweep(isUsed);
    },
    points: {
      async list(attempt) {
        const [result] = await writer.run([listed(attempt)]);
        return pointsOf(result?.rows ?? []);
      },
      async save(attempt, point) {
        await adopt(attempt);
        const [, gone, kept] = await writer.run([
          pointOf(attempt, point),
          ...pruned(attempt),
          listed(attempt),
        ]);
        await drop((gone?.rows ?? []).map(({ home }) => home));
        return pointsOf(kept?.rows ?? []);
      },
      async restore(attempt, to, before) {
        await adopt(attempt);
        const results = await writer.run([
          pointOf(attempt, before),
          ...(to === null ? beginning(attempt, before.at) : back(attempt, to, before.at)),
          ...pruned(attempt),
          listed(attempt),
        ]);
        const [gone, kept] = results.slice(-2);
        await drop((gone?.rows ?? []).map(({ home }) => home));
        return pointsOf(kept?.rows ?? []);
      },
    },
  };
}

/** Home and world of an attempt, from a point or as they are stored now, as those of a new one. */
export function copies(from: string, point: string | null, to: string, at: number): readonly Statement[] {
  const answers: Statement = {
    sql: 'insert into answer (attempt, task, value) select ?, task, value from answer where attempt = ?',
    params: [to, from],
  };
  if (point === null) {
    return [
      {
        sql: 'insert into home (attempt, hash, at) select ?, hash, ? from home where attempt = ?',
        params: [to, at, from],
      },
      {
        sql: 'insert into world_log (attempt, n, entry) select ?, n, entry from world_log where attempt = ?',
        params: [to, from],
      },
      answers,
    ];
  }
  return [
    {
      sql: 'insert into home (attempt, hash, at) select ?, home, ? from point where id = ? and attempt = ?',
      params: [to, at, point, from],
      changes: 1,
    },
    worldOf(to, point),
    answers,
  ];
}

function pointOf(attempt: string, { id, at, why, step }: PointRecord): Statement {
  return {
    sql: `insert into point (id, attempt, at, why, step, home, log) values (?2, ?1, ?3, ?4, ?5,
      (select hash from home where attempt = ?1),
      (select json_group_array(json(entry) order by n) from world_log where attempt = ?1))`,
    params: [attempt, id, at, why, step],
    changes: 1,
  };
}

function beginning(attempt: string, at: number): readonly Statement[] {
  return [
    {
      sql: `insert into home (attempt, hash, at) values (?, null, ?)
        on conflict (attempt) do update set hash = null, at = excluded.at`,
      params: [attempt, at],
    },
    { sql: 'delete from world_log where attempt = ?', params: [attempt] },
  ];
}

function back(attempt: string, point: string, at: number): readonly Statement[] {
  return [
    {
      sql: `insert into home (attempt, hash, at) select attempt, home, ? from point where id = ? and attempt = ?
        on conflict (attempt) do update set hash = excluded.hash, at = excluded.at`,
      params: [at, point, attempt],
      changes: 1, // no such point of this attempt: nothing of the job happens
    },
    { sql: 'delete from world_log where attempt = ?', params: [attempt] },
    worldOf(attempt, point),
  ];
}

function worldOf(attempt: string, point: string): Statement {
  return {
    sql: `insert into world_log (attempt, n, entry)
      select ?, each.key + 1, each.value from point, json_each(point.log) as each where point.id = ?`,
    params: [attempt, point],
  };
}

/** What lies beyond the bounds goes. Trying again and again pushes out nothing that was saved on purpose. */
function pruned(attempt: string): readonly [Statement] {
  const newest = (which: string, many: number) =>
    `(select id from point where attempt = ?1 and why ${which} 'before-reset'
      order by at desc, rowid desc limit ${many})`;
  return [
    {
      sql: `delete from point where attempt = ?1
        and id not in ${newest('<>', POINTS)} and id not in ${newest('=', WAYS_BACK)}
        returning home`,
      params: [attempt],
    },
  ];
}

function pointsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly PointRecord[] {
  // Only `pointOf` writes the table.
  return rows as unknown as readonly PointRecord[];
}
