/**
 * `npm run bench -- NAME [--json]`: runs tests/bench/NAME.ts, which exports `bench(): Promise<T>` and
 * `show(result: T): string`, and prints what it measured: a table for people, with --json one line.
 */
import { readdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

const [name = '', ...flags] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`npm run bench -- ${names.join(' | ') || 'NAME'} [--json]`);
  process.exit(2);
}

const { bench, show } = await import(new URL(`${name}.ts`, here).href);
const result = await bench();
console.log(flags.includes('--json') ? JSON.stringify(result) : show(result));
