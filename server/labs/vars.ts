import { createHash } from 'node:crypto';
import type { Lab, Vars } from '../../labs/schema.ts';

/**
 * Draws an attempt's values: the same seed gives the same values, and each value depends on the seed and
 * its own name alone, so that adding a var to a lab changes no other.
 */
export function drawVars(declared: Lab['vars'], seed: string): Vars {
  const vars: Record<string, string> = {};
  for (const [name, rule] of Object.entries(declared)) {
    const prefix = rule.prefix ?? '';
    if (rule.pick !== undefined) vars[name] = prefix + (rule.pick[draw(seed, name, rule.pick.length)] ?? '');
    else if (rule.range !== undefined) {
      const [from, to] = rule.range;
      vars[name] = prefix + String(from + draw(seed, name, to - from + 1));
    } else if (rule.sum !== undefined) {
      vars[name] = prefix + String(rule.sum.reduce((total, part) => total + Number(vars[part] ?? 0), 0));
    }
  }
  return vars;
}

/** Numbers in [0, 1) for what a world invents beyond the declared values: the same for the same seed. */
export function seededRandom(seed: string): () => number {
  let n = 0;
  return () => {
    n += 1;
    return createHash('sha256').update(`${seed}/world/${n}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}

function draw(seed: string, name: string, count: number): number {
  return createHash('sha256').update(`${seed}/${name}`).digest().readUInt32BE(0) % count;
}

/**
 * The values that the page may show: never one that is the answer to a task that has not passed, and
 * never one from which such an answer could be computed.
 */
export function visibleVars(lab: Lab, vars: Vars, passed: (task: string) => boolean): Vars {
  const hidden = new Set<string>();
  for (const task of lab.steps.flatMap((step) => step.tasks)) {
    if (!('answer' in task.check) || passed(task.id)) continue;
    for (const match of task.check.answer.equals.matchAll(/\{\{(\w+)\}\}/g)) hidden.add(match[1] ?? '');
  }
  for (const [name, { sum }] of Object.entries(lab.vars)) {
    const parts = [name, ...(sum ?? [])];
    if (sum?.some((part) => hidden.has(part))) for (const part of parts) hidden.add(part);
  }
  return Object.fromEntries(Object.entries(vars).filter(([name]) => !hidden.has(name)));
}
