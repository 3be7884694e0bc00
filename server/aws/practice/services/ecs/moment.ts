/** What there is of a service at one moment of its timeline: tasks, their phases, vain attempts. */
import type { Draw } from '../../draw.ts';
import type { FailingState, ServiceState, TaskState } from './state.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** ECS shows stopped tasks for about an hour. */
export const STOPPED_SHOWN = 60 * MINUTE;
/** The scheduler slows down when tasks keep failing to start. */
const RETRY = 15 * MINUTE;

/** How long a task waits for its network. */
export const PROVISIONING = 4 * SECOND;

export type Phase = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED';

export function phaseOf(task: TaskState, now: number): Phase {
  if (now >= task.stoppedAt) return 'STOPPED';
  if (now >= task.stoppingAt) return 'DEPROVISIONING';
  if (now >= task.runningAt) return 'RUNNING';
  return now >= task.createdAt + PROVISIONING ? 'PENDING' : 'PROVISIONING';
}

export function wantedStatus(task: TaskState, now: number): 'RUNNING' | 'STOPPED' {
  return now >= task.stoppingAt ? 'STOPPED' : 'RUNNING';
}

/** Every task that ECS would still show, the vain attempts of a failing service among them. */
export function visibleTasks(service: ServiceState, now: number, draw: Draw): readonly TaskState[] {
  const attempts = service.failing.flatMap((failing) => attemptsOf(service, failing, now, draw));
  return [...service.tasks, ...attempts].filter(
    (task) => task.createdAt <= now && now < task.stoppedAt + STOPPED_SHOWN,
  );
}

/** A vain attempt is over in seconds; it is shown once it has stopped, so that counts hold still. */
function attemptsOf(
  service: ServiceState,
  failing: FailingState,
  now: number,
  draw: Draw,
): readonly TaskState[] {
  const last = lastRound(failing, now);
  const first = Math.max(0, last - Math.ceil(STOPPED_SHOWN / RETRY));
  return range(first, last).flatMap((k) =>
    range(0, failing.slots - 1).map((slot) => attempt(service, failing, k, slot, draw)),
  );
}

function attempt(
  service: ServiceState,
  failing: FailingState,
  k: number,
  slot: number,
  draw: Draw,
): TaskState {
  const stoppedAt = roundAt(failing, k);
  return {
    id: draw.hex(`attempt:${service.arn}:${failing.since}:${k}:${slot}`, 32),
    deployment: failing.deployment,
    taskDefinition: failing.taskDefinition,
    createdAt: stoppedAt - 38 * SECOND,
    runningAt: Number.POSITIVE_INFINITY,
    stoppingAt: stoppedAt - 12 * SECOND,
    stoppedAt,
    stopCode: 'TaskFailedToStart',
    stoppedReason: failing.reason,
  };
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

export function counts(service: ServiceState, now: number) {
  const phases = service.tasks.filter((t) => t.createdAt <= now).map((task) => phaseOf(task, now));
  return {
    running: phases.filter((phase) => phase === 'RUNNING').length,
    pending: phases.filter((phase) => phase === 'PENDING' || phase === 'PROVISIONING').length,
  };
}

/** Number of the last round of vain attempts until `now`; -1 before the first. */
export function lastRound(failing: FailingState, now: number): number {
  return Math.floor((Math.min(now, failing.until) - failing.since) / RETRY);
}

export function roundAt(failing: FailingState, k: number): number {
  return failing.since + k * RETRY;
}
