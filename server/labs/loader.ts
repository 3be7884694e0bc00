/**
 * Labs: what they say (`lab.yaml`), what an attempt at one is, and how its tasks are checked. Knows
 * seats and the schema; knows nothing of rooms, sockets or people.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { type Lab, labSchema, type Vars } from '../../labs/schema.ts';
import type { LabWorld } from '../aws/practice/seed.ts';

/** What a lab's `world.ts` exports: the practice AWS that an attempt with these values begins with. */
export type WorldOf = (vars: Vars, random: () => number) => LabWorld;

export interface LoadedLab {
  readonly facts: Lab;
  /**
   * Changes with every change of facts or world. An attempt remembers the one it began with; it goes on
   * with the present lab all the same, its drawn values kept.
   */
  readonly version: string;
  readonly world: WorldOf;
  /** What lies in its `services/` folder, by path below it: for companions, never for the learner. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export type Labs = ReadonlyMap<string, LoadedLab>;

/** Loads every folder with a `lab.yaml`. Throws one sentence per fault, with the file's name. */
export async function loadLabs(folder: string): Promise<Labs> {
  const entries = await readdir(folder, { withFileTypes: true });
  const labs = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => loadLab(path.join(folder, entry.name))),
  );
  return new Map(labs.map((lab) => [lab.facts.id, lab]));
}

async function loadLab(folder: string): Promise<LoadedLab> {
  const file = path.join(folder, 'lab.yaml');
  const source = await readFile(file, 'utf8');
  const parsed = labSchema.safeParse(parse(source));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(faults.join('\n'));
  }
  const facts = parsed.data;
  if (facts.id !== path.basename(folder))
    throw new Error(`${file}: id "${facts.id}" is not the folder's name`);
  const worldFile = path.join(folder, facts.world);
  const files = await readFiles(path.join(folder, 'services'));
  const hash = createHash('sha256')
    .update(source)
    .update(await readFile(worldFile));
  for (const [name, content] of [...files].sort(([one], [other]) => (one < other ? -1 : 1)))
    hash.update(name).update(content);
  const version = hash.digest('hex');
  const module: { readonly world?: WorldOf } = await import(pathToFileURL(worldFile).href);
  if (module.world === undefined) throw new Error(`${worldFile}: exports no function "world"`);
  return { facts, version: version.slice(0, 12), world: module.world, files };
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name))] as const)),
  );
}
