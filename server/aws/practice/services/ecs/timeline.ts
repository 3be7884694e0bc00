import type { Draw } from '../../draw.ts';
import {
  type DeploymentState,
  deploymentNumber,
  type EventState,
  type FailingState,
  type ServiceState,
  startedMessage,
  type TaskState,
} from './state.ts';

const SECOND = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** How long Fargate takes, roughly: placing, image pull and boot, draining, stopping, and calm. */
const PACE = {
  place: 2 * SECOND,
  boot: 25 * SECOND,
  drain: 20 * SECOND,
  stop: 30 * SECOND,
  settle: 10 * SECOND,
};

export interface ServiceChange {
  readonly at: number;
  /** Number of the log entry: what the change draws, it draws under this. */
  readonly n: number;
  readonly desired: number | null;
  readonly force: boolean;
  readonly taskDefinition: string | null;
}

/**
 * `UpdateService` as a pure change of the timeline: what was planned for later is forgotten, the
 * newest deployment is the goal, and the way there is planned anew.
 */
export function changeService(before: ServiceState, change: ServiceChange, draw: Draw): ServiceState {
  const label = `ecs:change:${change.n}`;
  const wanted = { ...before, desired: change.desired ?? before.desired };
  const service = withGoal(forgetFuture(wanted, change.at), change, `${label}:deployment`, draw);
  const [primary, ...older] = service.deployments;
  if (!primary) throw new Error('A service always has a deployment.');

  const alive = service.tasks.filter((task) => task.stoppingAt === NEVER);
  const mine = alive.filter((task) => task.deployment === primary.id);
  const theirs = alive.filter((task) => task.deployment !== primary.id);
  const goal = { service, primary, older, alive, mine, theirs, at: change.at, label };
  return service.fault?.taskDefinition === primary.taskDefinition ? strive(goal, draw) : arrive(goal, draw);
}

interface Goal {
  readonly service: ServiceState;
  readonly primary: DeploymentState;
  readonly older: readonly DeploymentState[];
  readonly alive: readonly TaskState[];
  readonly mine: readonly TaskState[];
  readonly theirs: readonly TaskState[];
  readonly at: number;
  readonly label: string;
}

function forgetFuture(service: ServiceState, at: number): ServiceState {
  return {
    ...service,
    tasks: service.tasks
      .filter((task) => task.createdAt <= at)
      .map((task) => (task.stoppingAt > at ? stay(task) : task)),
    events: service.events.filter((event) => event.at <= at),
    deployments: service.deployments
      .filter((d) => d.removedAt > at)
      .map((d) => ({ ...d, removedAt: NEVER, completedAt: d.completedAt > at ? NEVER : d.completedAt })),
  };
}

function stay(task: TaskState): TaskState {
  return { ...task, stoppingAt: NEVER, stoppedAt: NEVER, stopCode: null, stoppedReason: null };
}

/** A new deployment in front, if the change asks for one. */
function withGoal(service: ServiceState, change: ServiceChange, label: string, draw: Draw): ServiceState {
  const current = service.deployments[0]?.taskDefinition;
  const taskDefinition = change.taskDefinition ?? current;
  if (taskDefinition === undefined || (!change.force && taskDefinition === current)) return service;
  const id = `ecs-svc/${deploymentNumber(draw, label)}`;
  const deployment = { id, taskDefinition, createdAt: change.at, completedAt: NEVER, removedAt: NEVER };
  return { ...service, deployments: [deployment, ...service.deployments] };
}

/** Nothing stands in the way: start what lacks, then stop what is too much or too old. */
function arrive(goal: Goal, draw: Draw): ServiceState {
  const { service, primary, older, mine, theirs, at, label } = goal;
  const started = newTasks(Math.max(0, service.desired - mine.length), goal, draw);
  const upAt = Math.max(at, ...[...mine, ...started].map((task) => task.runningAt));
  const rolling = upAt > at && theirs.length > 0;
  const leaving = [...mine.slice(service.desired), ...theirs];
  const stopAt = rolling ? upAt + PACE.drain : at + PACE.place;
  const stopped = leaving.map((task) => stop(task, stopAt, primary.id));
  const isCalm = started.length === 0 && stopped.length === 0 && upAt === at;
  const doneAt = (stopped.length > 0 ? stopAt + PACE.stop : upAt) + PACE.settle;
  const isDeploying = primary.completedAt === NEVER;
  const { name } = service;
  return {
    ...service,
    tasks: [...withReplaced(service.tasks, stopped), ...started],
    failing: closed(service.failing, at),
    deployments: [
      isDeploying ? { ...primary, completedAt: doneAt } : primary,
      ...older.map((d) => ({ ...d, removedAt: doneAt })),
    ],
    events: [
      ...events(label, draw, [
        !isCalm && [doneAt, `(service ${name}) has reached a steady state.`],
        isDeploying && [doneAt - 1, `(service ${name}) (deployment ${primary.id}) deployment completed.`],
        stopped.length > 0 && [stopAt, stoppedMessage(name, stopped)],
        started.length > 0 && [at + PACE.place, startedMessage(name, started)],
      ]),
      ...service.events,
    ],
  };
}

/** New tasks cannot start: what runs goes on running, and the attempts go on failing. */
function strive(goal: Goal, draw: Draw): ServiceState {
  const { service, primary, alive, mine, theirs, at, label } = goal;
  const surplus = [...mine, ...theirs].slice(service.desired);
  const stopped = surplus.map((task) => stop(task, at + PACE.place, primary.id));
  const slots = Math.max(0, service.desired - mine.length);
  const open = service.failing.find((f) => f.until > at);
  const goesOn = open?.slots === slots && open.deployment === primary.id;
  const isDone = slots === 0 && alive.length > 0;
  const doneAt = at + PACE.place + PACE.stop + PACE.settle;
  return {
    ...service,
    tasks: withReplaced(service.tasks, stopped),
    failing: goesOn ? service.failing : [...closed(service.failing, at), ...attempts(goal, slots)],
    deployments: service.deployments.map((d) =>
      d === primary
        ? { ...d, completedAt: slots === 0 ? Math.min(d.completedAt, doneAt) : d.completedAt }
        : d,
    ),
    events: [
      ...events(label, draw, [
        isDone && [doneAt, `(service ${service.name}) has reached a steady state.`],
        stopped.length > 0 && [at + PACE.place, stoppedMessage(service.name, stopped)],
      ]),
      ...service.events,
    ],
  };
}

function attempts({ service, primary, at }: Goal, slots: number): readonly FailingState[] {
  if (slots === 0 || !service.fault) return [];
  const { reason } = service.fault;
  const { id: deployment, taskDefinition } = primary;
  return [{ since: at, until: NEVER, slots, reason, deployment, taskDefinition }];
}

function closed(failing: readonly FailingState[], at: number): readonly FailingState[] {
  return failing.map((f) => (f.until > at ? { ...f, until: at } : f));
}

function newTasks(count: number, { primary, at, label }: Goal, draw: Draw): readonly TaskState[] {
  return Array.from({ length: count }, (_, i) => ({
    id: draw.hex(`${label}:task:${i}`, 32),
    deployment: primary.id,
    taskDefinition: primary.taskDefinition,
    createdAt: at + PACE.place,
    runningAt: at + PACE.place + PACE.boot - draw.between(`${label}:boot:${i}`, 0, 8 * SECOND),
    stoppingAt: NEVER,
    stoppedAt: NEVER,
    stopCode: null,
    stoppedReason: null,
  }));
}

function stop(task: TaskState, at: number, deployment: string): TaskState {
  return {
    ...task,
    stoppingAt: at,
    stoppedAt: at + PACE.stop,
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: `Scaling activity initiated by (deployment ${deployment})`,
  };
}

function withReplaced(tasks: readonly TaskState[], changed: readonly TaskState[]): readonly TaskState[] {
  const byId = new Map(changed.map((task) => [task.id, task]));
  return tasks.map((task) => byId.get(task.id) ?? task);
}

function stoppedMessage(service: string, tasks: readonly TaskState[]): string {
  return `(service ${service}) has stopped ${tasks.length} running tasks: ${tasks.map((t) => `(task ${t.id})`).join(' ')}.`;
}

function events(
  label: string,
  draw: Draw,
  list: readonly (false | readonly [at: number, message: string])[],
): readonly EventState[] {
  return list.flatMap((event, i) =>
    event ? [{ id: draw.uuid(`${label}:event:${i}`), at: event[0], message: event[1] }] : [],
  );
}
