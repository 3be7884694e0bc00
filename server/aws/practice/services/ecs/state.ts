import type { Draw } from '../../draw.ts';
import type { ClusterSeed, ServiceSeed, WorldSeed } from '../../seed.ts';
import type { EcsState } from '../../state.ts';

/**
 * ECS as a timeline: a task carries the instants of its whole life, future ones too, and what it
 * *is* depends on the moment one looks. So a deployment needs no ticking, and a replay no waiting.
 */
export interface ClusterState {
  readonly name: string;
  readonly arn: string;
  readonly services: readonly ServiceState[];
}

export interface ServiceState {
  readonly name: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly desired: number;
  readonly createdAt: number;
  readonly port: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Newest first; the first is PRIMARY. */
  readonly deployments: readonly DeploymentState[];
  readonly tasks: readonly TaskState[];
  readonly events: readonly EventState[];
  /** What keeps new tasks of one revision from starting. */
  readonly fault: { readonly taskDefinition: string; readonly reason: string } | null;
  /** Times in which the scheduler tried to start tasks and could not. */
  readonly failing: readonly FailingState[];
}

export interface DeploymentState {
  readonly id: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  /** When the rollout ends well; Infinity while it cannot. */
  readonly completedAt: number;
  /** When the deployment leaves the list because a newer one took over. */
  readonly removedAt: number;
}

export interface TaskState {
  readonly id: string;
  readonly deployment: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  readonly runningAt: number;
  readonly stoppingAt: number;
  readonly stoppedAt: number;
  readonly stopCode: string | null;
  readonly stoppedReason: string | null;
}

export interface EventState {
  readonly id: string;
  readonly at: number;
  readonly message: string;
}

export interface FailingState {
  readonly since: number;
  readonly until: number;
  readonly slots: number;
  readonly reason: string;
  readonly deployment: string;
  readonly taskDefinition: string;
}

export interface TaskDefinitionState {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly registeredAt: number;
  readonly image: string;
  readonly cpu: string;
  readonly memory: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A pipeline leaves its earlier revisions behind. */
const REVISIONS_KEPT = 3;

export function ecsFromSeed(seed: WorldSeed, draw: Draw, begunAt: number): EcsState {
  const clusters = seed.ecs.clusters.map(
    (cluster): ClusterState => ({
      name: cluster.name,
      arn: `arn:aws:ecs:${seed.region}:${seed.accountId}:cluster/${cluster.name}`,
      services: cluster.services.map((service) => serviceFromSeed(seed, cluster, service, draw, begunAt)),
    }),
  );
  const definitions = seed.ecs.clusters
    .flatMap((cluster) => cluster.services)
    .flatMap((service) => definitionsFromSeed(seed, service, draw, begunAt));
  return { clusters, taskDefinitions: [...new Map(definitions.map((d) => [d.arn, d])).values()] };
}

function serviceFromSeed(
  seed: WorldSeed,
  cluster: ClusterSeed,
  service: ServiceSeed,
  draw: Draw,
  begunAt: number,
): ServiceState {
  const label = `ecs:${cluster.name}/${service.name}`;
  const deployedAt = begunAt - service.deployedMinutesAgo * MINUTE;
  const taskDefinition = definitionArn(seed, service.family, service.revision);
  const deployment = `ecs-svc/${deploymentNumber(draw, `${label}:deployment`)}`;
  const missing = Math.max(0, service.desired - service.running);
  const reason =
    service.stoppedReason ??
    'Capacity is unavailable at this time. Please try again later or in a different availability zone';
  const tasks = Array.from({ length: service.running }, (_, i): TaskState => {
    const createdAt = deployedAt + draw.between(`${label}:start:${i}`, 2_000, 15_000);
    return {
      id: draw.hex(`${label}:task:${i}`, 32),
      deployment,
      taskDefinition,
      createdAt,
      runningAt: createdAt + draw.between(`${label}:boot:${i}`, 22_000, 41_000),
      stoppingAt: Number.POSITIVE_INFINITY,
      stoppedAt: Number.POSITIVE_INFINITY,
      stopCode: null,
      stoppedReason: null,
    };
  });
  // The task was lost some time after the deployment had gone well, as it happens.
  const lostMinutes = draw.between(`${label}:lost`, 35, 55);
  const failingSince = Math.max(deployedAt, begunAt - lostMinutes * MINUTE);
  return {
    name: service.name,
    arn: `arn:aws:ecs:${seed.region}:${seed.accountId}:service/${cluster.name}/${service.name}`,
    clusterName: cluster.name,
    desired: service.desired,
    createdAt: deployedAt - draw.between(`${label}:age`, 60, 400) * DAY,
    port: service.port,
    tags: service.tags ?? {},
    deployments: [
      {
        id: deployment,
        taskDefinition,
        createdAt: deployedAt,
        completedAt: deployedAt + 2 * MINUTE,
        removedAt: Number.POSITIVE_INFINITY,
      },
    ],
    tasks,
    events: [
      {
        id: draw.uuid(`${label}:event:steady`),
        at: deployedAt + 2 * MINUTE,
        message: `(service ${service.name}) has reached a steady state.`,
      },
      {
        id: draw.uuid(`${label}:event:done`),
        at: deployedAt + 2 * MINUTE - 1,
        message: `(service ${service.name}) (deployment ${deployment}) deployment completed.`,
      },
      {
        id: draw.uuid(`${label}:event:start`),
        at: deployedAt + 15_000,
        message: startedMessage(service.name, tasks),
      },
    ],
    fault: missing > 0 || service.stoppedReason ? { taskDefinition, reason } : null,
    failing:
      missing > 0
        ? [
            {
              since: failingSince,
              until: Number.POSITIVE_INFINITY,
              slots: missing,
              reason,
              deployment,
              taskDefinition,
            },
          ]
        : [],
  };
}

export function startedMessage(service: string, tasks: readonly TaskState[]): string {
  return `(service ${service}) has started ${tasks.length} tasks: ${tasks.map((t) => `(task ${t.id})`).join(' ')}.`;
}

export function deploymentNumber(draw: Draw, label: string): string {
  return `${draw.between(`${label}:first`, 1, 9)}${draw.digits(label, 18)}`;
}

export function definitionArn(seed: WorldSeed, family: string, revision: number): string {
  return `arn:aws:ecs:${seed.region}:${seed.accountId}:task-definition/${family}:${revision}`;
}

function definitionsFromSeed(
  seed: WorldSeed,
  service: ServiceSeed,
  draw: Draw,
  begunAt: number,
): readonly TaskDefinitionState[] {
  const oldest = Math.max(1, service.revision - REVISIONS_KEPT + 1);
  return Array.from({ length: service.revision - oldest + 1 }, (_, i) => {
    const revision = oldest + i;
    const age = service.revision - revision;
    const image = service.image.includes('/')
      ? service.image
      : `${seed.accountId}.dkr.ecr.${seed.region}.amazonaws.com/${service.image}`;
    return {
      arn: definitionArn(seed, service.family, revision),
      family: service.family,
      revision,
      registeredAt: begunAt - service.deployedMinutesAgo * MINUTE - 3 * MINUTE - age * 6 * DAY,
      // Earlier revisions ran earlier builds; their tags are drawn, since the seed names the last alone.
      image:
        age === 0
          ? image
          : `${image.split(':')[0] ?? image}:${draw.hex(`build:${service.family}:${revision}`, 7)}`,
      cpu: service.cpu,
      memory: service.memory,
      port: service.port,
      environment: service.environment,
    };
  });
}
