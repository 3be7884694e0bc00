import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const RULE = /\b[A-Z][A-Z\d]{1,7}-\d+\b/g;

/** Ids at the beginning of a list item: `- **ROOM-3** …`. */
const declared = [
  ...(await readFile('server/SPEC.md', 'utf8')).matchAll(/^- \*\*([A-Z][A-Z\d]{1,7}-\d+)\*\*/gm),
].map((match) => match[1] ?? '');

/** Ids with which titles of tests begin: what is proven. */
async function proven(): Promise<ReadonlySet<string>> {
  const files = (await readdir('tests', { recursive: true })).filter((file) => file.endsWith('.test.ts'));
  const ids = new Set<string>();
  for (const file of files) {
    const source = await readFile(`tests/${file}`, 'utf8');
    for (const title of source.matchAll(/['"`]((?:[A-Z][A-Z\d]{1,7}-\d+[ ,]+)+)/g)) {
      for (const id of (title[1] ?? '').match(RULE) ?? []) ids.add(id);
    }
  }
  return ids;
}

it('SPEC-1 every rule has a number of its own', () => {
  expect(declared.filter((id, at) => declared.indexOf(id) !== at)).toEqual([]);
});

it('SPEC-2 every rule has a test, and every test’s rule is written down', async () => {
  const tested = await proven();
  expect(declared.filter((id) => !tested.has(id))).toEqual([]);
  expect([...tested].filter((id) => !declared.includes(id))).toEqual([]);
});
