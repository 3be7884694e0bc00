/** What ECS shows of its timelines at one moment, in the API's own shapes; seconds since the epoch. */
import type { Draw } from '../../draw.ts';
import { Instant } from '../../instant.ts';
import type { WorldState } from '../../state.ts';
import { network, PLATFORM, tagList } from './fargate.ts';
import { counts, lastRound, range, roundAt } from './moment.ts';
import type { ClusterState, EventState, ServiceState, TaskDefinitionState } from './state.ts';

const MINUTE = 60_000;
/** ECS shows the last hundred events of a service. */
const EVENTS_SHOWN = 100;
export const STEADY_EVERY = 6 * 60 * MINUTE;

export function clusterView(cluster: ClusterState, now: number, include: ReadonlySet<string>) {
  const all = cluster.services.map((service) => counts(service, now));
  const running = sum(all.map((c) => c.running));
  const pending = sum(all.map((c) => c.pending));
  const statistic = (name: string, value: number) => ({ name, value: String(value) });
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: cluster.services.length,
    statistics: include.has('STATISTICS')
      ? [
          statistic('runningEC2TasksCount', 0),
          statistic('runningFargateTasksCount', running),
          statistic('pendingEC2TasksCount', 0),
          statistic('pendingFargateTasksCount', pending),
          statistic('activeEC2ServiceCount', 0),
          statistic('activeFargateServiceCount', cluster.services.length),
        ]
      : [],
    tags: [],
    settings: include.has('SETTINGS') ? [{ name: 'containerInsights', value: 'enabled' }] : [],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  };
}

export function serviceView(
  state: WorldState,
  service: ServiceState,
  now: number,
  include: ReadonlySet<string>,
) {
  const { running, pending } = counts(service, now);
  const { accountId, region } = state.seed;
  const primary = service.deployments[0];
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: `arn:aws:ecs:${region}:${accountId}:cluster/${service.clusterName}`,
    loadBalancers: [],
    serviceRegistries: [],
    status: 'ACTIVE',
    desiredCount: service.desired,
    runningCount: running,
    pendingCount: pending,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    taskDefinition: primary?.taskDefinition,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: service.deployments
      .filter((d) => now < d.removedAt)
      .map((d, i) => deploymentView(state, service, d.id, i === 0, now)),
    roleArn: `arn:aws:iam::${accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: eventsView(state.draw, service, now),
    createdAt: new Instant(service.createdAt),
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: network(state),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    ...(include.has('TAGS') && { tags: tagList(service.tags) }),
    createdBy: `arn:aws:iam::${accountId}:role/deploy-pipeline`,
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    enableExecuteCommand: false,
  };
}

function deploymentView(state: WorldState, service: ServiceState, id: string, primary: boolean, now: number) {
  const deployment = service.deployments.find((d) => d.id === id);
  if (!deployment) throw new Error('A deployment was shown that its service does not have.');
  const mine = { ...service, tasks: service.tasks.filter((task) => task.deployment === id) };
  const { running, pending } = counts(mine, now);
  const completed = now >= deployment.completedAt;
  const vain = service.failing.filter((f) => f.deployment === id && f.since <= now);
  const failed = sum(vain.map((f) => f.slots * (1 + lastRound(f, now))));
  return {
    id,
    status: primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: deployment.taskDefinition,
    desiredCount: primary ? service.desired : running,
    pendingCount: pending,
    runningCount: running,
    failedTasks: failed,
    createdAt: new Instant(deployment.createdAt),
    updatedAt: new Instant(completed ? deployment.completedAt : deployment.createdAt),
    launchType: 'FARGATE',
    platformVersion: PLATFORM,
    platformFamily: 'Linux',
    networkConfiguration: network(state),
    rolloutState: completed ? 'COMPLETED' : 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} ${completed ? 'completed' : 'in progress'}.`,
  };
}

function eventsView(draw: Draw, service: ServiceState, now: number) {
  const vain = service.failing.flatMap((failing) => {
    const last = lastRound(failing, now);
    return range(Math.max(0, last - EVENTS_SHOWN), last).map(
      (k): EventState => ({
        id: draw.uuid(`attempt-event:${service.arn}:${failing.since}:${k}`),
        at: roundAt(failing, k),
        message: `(service ${service.name}) was unable to place a task. Reason: ${failing.reason}.`,
      }),
    );
  });
  return [...service.events.filter((event) => event.at <= now), ...vain, ...steadyEvents(draw, service, now)]
    .sort((a, b) => b.at - a.at)
    .slice(0, EVENTS_SHOWN)
    .map((event) => ({ id: event.id, createdAt: new Instant(event.at), message: event.message }));
}

/** A healthy service says so every six hours. */
function steadyEvents(draw: Draw, service: ServiceState, now: number): readonly EventState[] {
  const from = service.deployments[0]?.completedAt ?? Number.POSITIVE_INFINITY;
  const until = Math.min(now, ...service.failing.map((failing) => failing.since));
  const last = Math.floor((until - from) / STEADY_EVERY);
  return range(Math.max(1, last - EVENTS_SHOWN), last).map((k) => ({
    id: draw.uuid(`steady:${service.arn}:${from}:${k}`),
    at: from + k * STEADY_EVERY,
    message: `(service ${service.name}) has reached a steady state.`,
  }));
}

export function taskDefinitionView(state: WorldState, definition: TaskDefinitionState) {
  const { accountId, region } = state.seed;
  return {
    taskDefinitionArn: definition.arn,
    containerDefinitions: [
      {
        name: definition.family,
        image: definition.image,
        cpu: 0,
        portMappings:
          definition.port > 0
            ? [{ containerPort: definition.port, hostPort: definition.port, protocol: 'tcp' }]
            : [],
        essential: true,
        environment: Object.entries(definition.environment).map(([name, value]) => ({ name, value })),
        mountPoints: [],
        volumesFrom: [],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': `/ecs/${definition.family}`,
            'awslogs-region': region,
            'awslogs-stream-prefix': 'ecs',
          },
        },
      },
    ],
    family: definition.family,
    taskRoleArn: `arn:aws:iam::${accountId}:role/lab/task-${definition.family}`,
    executionRoleArn: `arn:aws:iam::${accountId}:role/ecsTaskExecutionRole`,
    networkMode: 'awsvpc',
    revision: definition.revision,
    volumes: [],
    status: 'ACTIVE',
    requiresAttributes: [
      { name: 'com.amazonaws.ecs.capability.logging-driver.awslogs' },
      { name: 'ecs.capability.execution-role-awslogs' },
      { name: 'com.amazonaws.ecs.capability.ecr-auth' },
      { name: 'ecs.capability.task-eni' },
    ],
    placementConstraints: [],
    compatibilities: ['EC2', 'FARGATE'],
    requiresCompatibilities: ['FARGATE'],
    cpu: definition.cpu,
    memory: definition.memory,
    registeredAt: new Instant(definition.registeredAt),
    registeredBy: `arn:aws:sts::${accountId}:assumed-role/deploy-pipeline/release`,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
