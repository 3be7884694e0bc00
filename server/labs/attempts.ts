import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { AttemptView } from '#protocol/messages.ts';
import { PENDING } from '#protocol/report.ts';
import type { RoomState, TaskState } from '#protocol/room-state.ts';
import { fill } from '../../labs/schema.ts';
import type { SeatSpec } from '../seats/seat-spec.ts';
import type { Attempt, Holder } from '../store/store.ts';
import type { LoadedLab } from './loader.ts';
import { drawVars, seededRandom, visibleVars } from './vars.ts';

/** A new attempt with values drawn afresh. */
export function newAttempt(
  lab: LoadedLab,
  seed: { readonly id: string; readonly room: string; readonly holder: Holder; readonly now: number },
): Attempt {
  const random = randomBytes(32).toString('hex');
  return {
    id: seed.id,
    lab: lab.facts.id,
    version: lab.version,
    seed: random,
    vars: drawVars(lab.facts.vars, random),
    holder: seed.holder,
    room: seed.room,
    createdAt: seed.now,
    endedAt: null,
  };
}

/** What every room of this lab starts with. */
export function pendingTasks(lab: LoadedLab): Readonly<Record<string, TaskState>> {
  const tasks = lab.facts.steps.flatMap((step) => step.tasks);
  return Object.fromEntries(tasks.map((task) => [task.id, { report: PENDING, by: null, at: 0 }]));
}

export function attemptView(
  lab: LoadedLab,
  attempt: Attempt,
  tasks: RoomState['tasks'],
  answers: Readonly<Record<string, string>>,
): AttemptView {
  const passed = (task: string) => tasks[task]?.report.status === 'pass';
  return {
    lab: attempt.lab,
    version: attempt.version,
    vars: visibleVars(lab.facts, attempt.vars, passed),
    answers,
  };
}

/** What a seat for this attempt has to hold. */
export function seatSpec(lab: LoadedLab, attempt: Attempt, owner: SeatSpec['owner']): SeatSpec {
  return {
    owner,
    attempt: attempt.id,
    lab: attempt.lab,
    limits: lab.facts.sandbox,
    allow: lab.facts.aws.allow,
    random: attempt.seed,
    world: lab.world(attempt.vars, seededRandom(attempt.seed)),
    services: filled(lab.facts.services, attempt.vars),
    labFiles: lab.facts.services.length === 0 ? new Map() : filledFiles(lab.files, attempt.vars),
    egress: lab.facts.sandbox.egress,
    previews: lab.facts.sandbox.previews,
    lease: lab.facts.lease ?? null,
  };
}

/** Files of text may be templates; others are left as they are. */
function filledFiles(files: LoadedLab['files'], vars: Attempt['vars']): SeatSpec['labFiles'] {
  const filledFile = (content: Uint8Array) =>
    isUtf8(content) ? Buffer.from(fill(Buffer.from(content).toString('utf8'), vars)) : content;
  return new Map([...files].map(([name, content]) => [name, filledFile(content)]));
}

/** Every string in it may be a template. */
function filled<T>(value: T, vars: Attempt['vars']): T {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' ? fill(part, vars) : part,
  ) as T; // the same shape: only strings have changed
}
