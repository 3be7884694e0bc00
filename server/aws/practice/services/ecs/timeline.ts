import type { Draw } from '../../draw.ts';
import {
  deploymentNumber,
  type EventState,
  type ServiceState,
  startedMessage,
  type TaskState,
} from './state.ts';

const SECOND = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** How long Fargate takes, roughly: image pull and boot, then draining of what is replaced. */
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

/** `UpdateService` as a pure change of the timeline: a rollout if something new must run, else a scaling. */
export function changeService(before: ServiceState, change: ServiceChange, draw: Draw): ServiceState {
  const current = before.deployments[0]?.taskDefinition ?? '';
  const taskDefinition = change.taskDefinition ?? current;
  const desired = change.desired ?? before.desired;
  const service = forgetFuture({ ...before, desired }, change.at);
  return change.force || taskDefinition !== current
    ? rollOut(service, taskDefinition, change, draw)
    : scale(service, change, draw);
}

/** What was planned for later is planned anew; what has begun goes its way. */
function forgetFuture(service: ServiceState, at: number): ServiceState {
  return {
    ...service,
    tasks: service.tasks
      .filter((task) => task.createdAt <= at)
      .map((task) => (task.stoppingAt > at ? stay(task) : task)),
    events: service.events.filter((event) => event.at <= at),
    deployments: service.deployments.filter((d) => d.removedAt > at).map((d) => ({ ...d, removedAt: NEVER })),
  };
}

function stay(task: TaskState): TaskState {
  return { ...task, stoppingAt: NEVER, stoppedAt: NEVER, stopCode: null, stoppedReason: null };
}

function rollOut(
  service: ServiceState,
  taskDefinition: string,
  change: ServiceChange,
  draw: Draw,
): ServiceState {
  const { at, n } = change;
  const label = `ecs:change:${n}`;
  const id = `ecs-svc/${deploymentNumber(draw, `${label}:deployment`)}`;
  const primary = { id, taskDefinition, createdAt: at, removedAt: NEVER };
  const failing = service.failing.map((f) => (f.until > at ? { ...f, until: at } : f));
  const fault = service.fault?.taskDefinition === taskDefinition ? service.fault : null;
  if (fault) {
    return {
      ...service,
      deployments: [{ ...primary, completedAt: NEVER }, ...service.deployments],
      failing: [
        ...failing,
        {
          since: at,
          until: NEVER,
          slots: service.desired,
          reason: fault.reason,
          deployment: id,
          taskDefinition,
        },
      ],
    };
  }
  const started = newTasks(service.desired, { at, label, deployment: id, taskDefinition }, draw);
  const upAt = at + PACE.place + PACE.boot;
  const old = service.tasks.filter((task) => task.stoppingAt === NEVER);
  const stopped = old.map((task) => stop(task, upAt + PACE.drain, id));
  const doneAt = upAt + PACE.drain + PACE.stop + PACE.settle;
  return {
    ...service,
    tasks: [...service.tasks.filter((task) => task.stoppingAt !== NEVER), ...stopped, ...started],
    deployments: [
      { ...primary, completedAt: doneAt },
      ...service.deployments.map((d) => ({ ...d, removedAt: doneAt })),
    ],
    failing,
    events: [
      ...events(label, draw, [
        [doneAt, `(service ${service.name}) has reached a steady state.`],
        [doneAt - 1, `(service ${service.name}) (deployment ${id}) deployment completed.`],
        ...(stopped.length > 0
          ? [[upAt + PACE.drain, stoppedMessage(service.name, stopped)] satisfies [number, string]]
          : []),
        ...(started.length > 0
          ? [[at + PACE.place, startedMessage(service.name, started)] satisfies [number, string]]
          : []),
      ]),
      ...service.events,
    ],
  };
}

function scale(service: ServiceState, { at, n }: ServiceChange, draw: Draw): ServiceState {
  const label = `ecs:change:${n}`;
  const primary = service.deployments[0];
  const alive = service.tasks.filter((task) => task.stoppingAt === NEVER);
  const closed = service.failing.map((f) => (f.until > at ? { ...f, until: at } : f));
  const lacking = service.desired - alive.length;
  if (!primary) return service;

  if (lacking > 0 && service.fault?.taskDefinition === primary.taskDefinition) {
    const { taskDefinition, reason } = service.fault;
    const open = service.failing.find((f) => f.until > at);
    if (open && open.slots === lacking) return service;
    return {
      ...service,
      failing: [
        ...closed,
        { since: at, until: NEVER, slots: lacking, reason, deployment: primary.id, taskDefinition },
      ],
    };
  }
  if (lacking > 0) {
    const started = newTasks(
      lacking,
      { at, label, deployment: primary.id, taskDefinition: primary.taskDefinition },
      draw,
    );
    return {
      ...service,
      tasks: [...service.tasks, ...started],
      failing: closed,
      events: [
        ...events(label, draw, [
          [
            at + PACE.place + PACE.boot + PACE.settle,
            `(service ${service.name}) has reached a steady state.`,
          ],
          [at + PACE.place, startedMessage(service.name, started)],
        ]),
        ...service.events,
      ],
    };
  }
  const leaving = new Set(alive.slice(service.desired).map((task) => task.id));
  if (leaving.size === 0) return { ...service, failing: closed };
  const tasks = service.tasks.map((task) =>
    leaving.has(task.id) ? stop(task, at + PACE.place, primary.id) : task,
  );
  const gone = tasks.filter((task) => leaving.has(task.id));
  return {
    ...service,
    tasks,
    failing: closed,
    events: [
      ...events(label, draw, [
        [at + PACE.place + PACE.stop + PACE.settle, `(service ${service.name}) has reached a steady state.`],
        [at + PACE.place, stoppedMessage(service.name, gone)],
      ]),
      ...service.events,
    ],
  };
}

function newTasks(
  count: number,
  of: { at: number; label: string; deployment: string; taskDefinition: string },
  draw: Draw,
): readonly TaskState[] {
  return Array.from({ length: count }, (_, i) => ({
    id: draw.hex(`${of.label}:task:${i}`, 32),
    deployment: of.deployment,
    taskDefinition: of.taskDefinition,
    createdAt: of.at + PACE.place,
    runningAt: of.at + PACE.place + PACE.boot - draw.between(`${of.label}:boot:${i}`, 0, 8 * SECOND),
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

function stoppedMessage(service: string, tasks: readonly TaskState[]): string {
  return `(service ${service}) has stopped ${tasks.length} running tasks: ${tasks.map((t) => `(task ${t.id})`).join(' ')}.`;
}

function events(
  label: string,
  draw: Draw,
  list: readonly (readonly [number, string])[],
): readonly EventState[] {
  return list.map(([at, message], i) => ({ id: draw.uuid(`${label}:event:${i}`), at, message }));
}
