/** ECS as people look at it: the same moment of the same timelines that the API tells. */
import type { WorldState } from '../../state.ts';
import type { PicturedService, PicturedTask, WorldPicture } from '../../world.ts';
import { findDefinition } from './lookup.ts';
import { lastRound, PROVISIONING, phaseOf, roundAt, STOPPED_SHOWN, visibleTasks } from './moment.ts';
import type { ServiceState, TaskState } from './state.ts';
import { STEADY_EVERY, serviceView } from './view.ts';

const EVENTS_PICTURED = 10;

/** `now`: world time, ms. */
export function picturedClusters(state: WorldState, now: number): WorldPicture['clusters'] {
  return state.ecs.clusters.map(({ name, services }) => ({
    name,
    services: services.map((service) => picturedService(state, service, now)),
  }));
}

/** World time at which something of ECS changes by itself; Infinity for never. */
export function nextEcsChange(state: WorldState, now: number): number {
  const instants = state.ecs.clusters.flatMap(({ services }) =>
    services.flatMap((service) => instantsOf(state, service, now)),
  );
  return instants.reduce((next, at) => (at > now && at < next ? at : next), Number.POSITIVE_INFINITY);
}

function picturedService(state: WorldState, service: ServiceState, now: number): PicturedService {
  const view = serviceView(state, service, now, new Set());
  const tasks = visibleTasks(service, now, state.draw).toSorted((a, b) => b.createdAt - a.createdAt);
  return {
    name: service.name,
    desired: view.desiredCount,
    running: view.runningCount,
    pending: view.pendingCount,
    deployments: view.deployments.map((deployment) => ({
      id: deployment.id,
      status: deployment.status,
      rolloutState: deployment.rolloutState,
      rolloutReason: deployment.rolloutStateReason,
      taskDefinition: deployment.taskDefinition.split('/').at(-1) ?? '',
      image: findDefinition(state, deployment.taskDefinition)?.image ?? '',
      desired: deployment.desiredCount,
      running: deployment.runningCount,
      pending: deployment.pendingCount,
      failed: deployment.failedTasks,
      since: deployment.createdAt.at - state.ahead,
      tasks: tasks
        .filter((task) => task.deployment === deployment.id)
        .map((task) => picturedTask(task, now, state.ahead)),
    })),
    events: view.events.slice(0, EVENTS_PICTURED).map((event) => ({
      at: event.createdAt.at - state.ahead,
      message: event.message,
    })),
  };
}

function picturedTask(task: TaskState, now: number, ahead: number): PicturedTask {
  const status = phaseOf(task, now);
  const began = beginnings(task).filter((at) => at <= now);
  const ran = task.runningAt <= task.stoppingAt;
  return {
    id: task.id,
    status,
    health: status === 'RUNNING' ? 'HEALTHY' : 'UNKNOWN',
    since: Math.max(...began) - ahead,
    stoppedReason: now >= task.stoppingAt ? task.stoppedReason : null,
    exitCode: status === 'STOPPED' && ran ? 0 : null,
  };
}

/** When a task enters each of its phases. */
function beginnings(task: TaskState): readonly number[] {
  const { createdAt, runningAt, stoppingAt, stoppedAt } = task;
  return [createdAt, createdAt + PROVISIONING, runningAt, stoppingAt, stoppedAt];
}

function instantsOf({ draw }: WorldState, service: ServiceState, now: number): readonly number[] {
  const tasks = [...service.tasks, ...visibleTasks(service, now, draw)];
  const settled = service.deployments[0]?.completedAt ?? Number.POSITIVE_INFINITY;
  const steady = settled + (Math.floor((now - settled) / STEADY_EVERY) + 1) * STEADY_EVERY;
  const until = Math.min(...service.failing.map((failing) => failing.since));
  return [
    ...tasks.flatMap((task) => [...beginnings(task), task.stoppedAt + STOPPED_SHOWN]),
    ...service.deployments.flatMap((d) => [d.createdAt, d.completedAt, d.removedAt]),
    ...service.events.map((event) => event.at),
    ...service.failing
      .map((failing) => ({ failing, at: roundAt(failing, Math.max(0, lastRound(failing, now) + 1)) }))
      .filter(({ failing, at }) => at <= failing.until)
      .map(({ at }) => at),
    ...(settled <= now && steady <= until ? [steady] : []),
  ];
}
