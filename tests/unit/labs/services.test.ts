import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { labSchema } from '../../../labs/schema.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => parse(readFileSync(new URL(path, ROOT), 'utf8'));

/** What is said of lab 1 with this change to the database of the fixture. */
function faults(change: object): readonly string[] {
  const lab = read('labs/see-whats-running/lab.yaml');
  const { services, vars, sandbox } = read('tests/fixtures/labs/with-services/services.yaml');
  const [db, ...others] = services;
  const parsed = labSchema.safeParse({
    ...lab,
    vars: { ...lab.vars, ...vars },
    sandbox: { ...lab.sandbox, ...sandbox },
    services: [{ ...db, ...change }, ...others],
  });
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
}

test.each([
  ['nothing', {}, null],
  ['a port of another service', { port: 8080 }, 'port 8080 of "db" is taken'],
  ['a port of every seat', { port: 9911 }, 'port 9911 of "db" is taken'],
  ['the port of a page of the learner’s', { port: 8000 }, 'port 8000 of "db" is taken'],
  ['the name of another service', { id: 'web' }, 'the service "web" is there twice'],
  ['a home that its memory does not hold', { homeMiB: 96 }, 'leave 80'],
  ['a home that holds no database', { homeMiB: 32 }, 'its home needs 48 MiB'],
  [
    'a var that does not exist',
    { run: { postgres: { database: 'shop', password: '{{nowhere}}' } } },
    '{{nowhere}} is not among vars',
  ],
])('SVC-14 a lab is told %s', (_, change, sentence) => {
  if (sentence === null) expect(faults(change)).toEqual([]);
  else expect(faults(change).join()).toContain(sentence);
});
