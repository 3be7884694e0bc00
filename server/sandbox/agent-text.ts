import { readFileSync } from 'node:fs';

/** Each sees the names of those before it; the last one begins. */
const FILES = [
  'lean',
  'basics',
  'loop',
  'link',
  'spawn',
  'ptys',
  'sink',
  'exec',
  'transfer',
  'ports',
  'dress',
  'agent',
];

/** The program that runs inside as one text: what is not in the sandbox cannot be imported there. */
export function agentText(): string {
  return FILES.map((name) => readFileSync(new URL(`./inside/${name}.py`, import.meta.url), 'utf8')).join(
    '\n\n',
  );
}
