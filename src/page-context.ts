/** What a component of prose may ask about the page that it stands on; MDX hands it nothing. */
import { getEntry } from 'astro:content';
import type { Lang } from '#protocol/errors.ts';
import type { Lab, Step, Task } from '../labs/schema.ts';

export function langOf(url: URL): Lang {
  return url.pathname.startsWith('/en/') ? 'en' : 'ja';
}

/** Null on pages that are no lab. */
export async function labOf(url: URL): Promise<Lab | null> {
  const slug = /\/labs\/([a-z0-9-]+)\//.exec(url.pathname)?.[1];
  return slug === undefined ? null : ((await getEntry('labs', slug))?.data ?? null);
}

export async function stepOf(url: URL, id: string): Promise<{ step: Step; number: number }> {
  const steps = (await labOf(url))?.steps ?? [];
  const index = steps.findIndex((step) => step.id === id);
  const step = steps[index];
  if (step === undefined) throw new Error(`<Step id="${id}">: lab.yaml has no such step (${url.pathname})`);
  return { step, number: index + 1 };
}

export async function taskOf(url: URL, id: string): Promise<Task> {
  const task = (await labOf(url))?.steps.flatMap((step) => step.tasks).find((one) => one.id === id);
  if (task === undefined) throw new Error(`Task "${id}": lab.yaml has no such task (${url.pathname})`);
  return task;
}

let serial = 0;
/** For ids that only have to differ within the site. */
export function nextSerial(): number {
  serial += 1;
  return serial;
}
