import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
export const LAB = 'see-whats-running';

export interface LabFolder extends AsyncDisposable {
  /** For `loadLabs` and DOJOU_TEST_LABS. */
  readonly path: string;
}

/** Lab 1 with PostgreSQL, nginx and a program of ours beside it: the page of the built site fits it. */
export async function labWithServices(): Promise<LabFolder> {
  const path = await mkdtemp(join(tmpdir(), 'dojou-labs-'));
  const lab = join(path, LAB);
  await cp(join(ROOT, 'labs', LAB), lab, { recursive: true });
  const fixture = join(ROOT, 'tests/fixtures/labs/with-services');
  await cp(join(fixture, 'services'), join(lab, 'services'), { recursive: true });
  const facts = parse(await readFile(join(lab, 'lab.yaml'), 'utf8'));
  const more = parse(await readFile(join(fixture, 'services.yaml'), 'utf8'));
  const merged = {
    ...facts,
    vars: { ...facts.vars, ...more.vars },
    sandbox: { ...facts.sandbox, ...more.sandbox },
    services: more.services,
  };
  await writeFile(join(lab, 'lab.yaml'), stringify(merged));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
