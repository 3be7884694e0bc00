import { AwsFault } from '../../fault.ts';
import type { Params, Scene } from '../../operation.ts';
import type { WorldState } from '../../state.ts';
import { text } from './params.ts';
import type { ClusterState, ServiceState, TaskDefinitionState } from './state.ts';

/** Names and ARNs as ECS takes them: either, everywhere. */
export function shortName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? '') : nameOrArn;
}

export function clusterArnOf({ state, region }: Scene, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:')
    ? nameOrArn
    : `arn:aws:ecs:${region}:${state.seed.accountId}:cluster/${nameOrArn}`;
}

/** The cluster that a call means: `default`, when it names none. */
export function clusterNameOf(params: Params): string {
  return shortName(text(params, 'cluster') ?? 'default');
}

export function serviceArnOf(scene: Scene, params: Params, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:')
    ? nameOrArn
    : `arn:aws:ecs:${scene.region}:${scene.state.seed.accountId}:service/${clusterNameOf(params)}/${nameOrArn}`;
}

export function taskArnOf(scene: Scene, params: Params, idOrArn: string): string {
  return idOrArn.startsWith('arn:')
    ? idOrArn
    : `arn:aws:ecs:${scene.region}:${scene.state.seed.accountId}:task/${clusterNameOf(params)}/${idOrArn}`;
}

export function findCluster(state: WorldState, nameOrArn: string): ClusterState | null {
  return state.ecs.clusters.find((c) => c.name === nameOrArn || c.arn === nameOrArn) ?? null;
}

export function requireCluster(params: Params, { state }: Scene): ClusterState {
  const cluster = findCluster(state, text(params, 'cluster') ?? 'default');
  if (!cluster) throw new AwsFault('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

export function findService(cluster: ClusterState, nameOrArn: string): ServiceState | null {
  return cluster.services.find((s) => s.name === nameOrArn || s.arn === nameOrArn) ?? null;
}

/** `family`, `family:revision` or an ARN; a bare family means its newest revision. */
export function findDefinition(state: WorldState, reference: string): TaskDefinitionState | null {
  const name = reference.startsWith('arn:') ? (reference.split('task-definition/')[1] ?? '') : reference;
  const [family, revision] = name.split(':');
  const candidates = state.ecs.taskDefinitions.filter((d) => d.family === family);
  if (revision === undefined) return candidates.toSorted((a, b) => b.revision - a.revision)[0] ?? null;
  return candidates.find((d) => String(d.revision) === revision) ?? null;
}

/** The context key that most actions of ECS carry. */
export function clusterKey(params: Params, scene: Scene) {
  return { 'ecs:cluster': [clusterArnOf(scene, text(params, 'cluster') ?? 'default')] };
}
