/** What ECS shows of its timelines at one moment, in the API's own shapes; seconds since the epoch. */
import type { Draw } from '../../draw.ts';
import type { WorldState } from '../../state.ts';
import type {
  ClusterState,
  EventState,
  FailingState,
  ServiceState,
  TaskDefinitionState,
  TaskState,
} from './state.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** ECS shows stopped tasks for about an hour, and the last hundred events of a service. */
const STOPPED_SHOWN = 60 * MINUTE;
const EVENTS_SHOWN = 100;
/** The scheduler slows down when tasks keep failing to start. */
const RETRY = 15 * MINUTE;
const STEADY_EVERY = 6 * 60 * MINUTE;
const PLATFORM = '1.4.0';

const seconds = (ms: number): number => Math.round(ms) / 1000;

export type Phase = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED';

export function phaseOf(task: TaskState, now: number): Phase {
  if (now >= task.stoppedAt) return 'STOPPED';
  if (now >= task.stoppingAt) return 'DEPROVISIONING';
  if (now >= task.runningAt) return 'RUNNING';
  return now >= task.createdAt + 4 * SECOND ? 'PENDING' : 'PROVISIONING';
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
  const end = Math.min(now, failing.until);
  const last = Math.floor((end - failing.since) / RETRY);
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
  const stoppedAt = failing.since + k * RETRY;
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

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

export function counts(service: ServiceState, now: number) {
  const phases = service.tasks.filter((t) => t.createdAt <= now).map((task) => phaseOf(task, now));
  return {
    running: phases.filter((phase) => phase === 'RUNNING').length,
    pending: phases.filter((phase) => phase === 'PENDING' || phase === 'PROVISIONING').length,
  };
}

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
    createdAt: seconds(service.createdAt),
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
  const failed = sum(vain.map((f) => f.slots * (1 + Math.floor((Math.min(now, f.until) - f.since) / RETRY))));
  return {
    id,
    status: primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: deployment.taskDefinition,
    desiredCount: primary ? service.desired : running,
    pendingCount: pending,
    runningCount: running,
    failedTasks: failed,
    createdAt: seconds(deployment.createdAt),
    updatedAt: seconds(completed ? deployment.completedAt : deployment.createdAt),
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
    const last = Math.floor((Math.min(now, failing.until) - failing.since) / RETRY);
    return range(Math.max(0, last - EVENTS_SHOWN), last).map(
      (k): EventState => ({
        id: draw.uuid(`attempt-event:${service.arn}:${failing.since}:${k}`),
        at: failing.since + k * RETRY,
        message: `(service ${service.name}) was unable to place a task. Reason: ${failing.reason}.`,
      }),
    );
  });
  return [...service.events.filter((event) => event.at <= now), ...vain, ...steadyEvents(draw, service, now)]
    .sort((a, b) => b.at - a.at)
    .slice(0, EVENTS_SHOWN)
    .map((event) => ({ id: event.id, createdAt: seconds(event.at), message: event.message }));
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

export function taskView(
  state: WorldState,
  service: ServiceState,
  task: TaskState,
  now: number,
  include: ReadonlySet<string>,
) {
  const { region, accountId } = state.seed;
  const { draw } = state;
  const definition = state.ecs.taskDefinitions.find((d) => d.arn === task.taskDefinition);
  const arn = taskArn(state, service, task);
  const phase = phaseOf(task, now);
  const ran = task.runningAt <= Math.min(now, task.stoppingAt);
  const zone = draw.between(`zone:${task.id}`, 0, 1);
  const ip = `10.0.${zone === 0 ? 11 : 12}.${draw.between(`ip:${task.id}`, 10, 250)}`;
  const attachment = draw.uuid(`attachment:${task.id}`);
  const detail = (name: string, value: string) => ({ name, value });
  return {
    attachments: [
      {
        id: attachment,
        type: 'ElasticNetworkInterface',
        status: phase === 'STOPPED' ? 'DELETED' : phase === 'PROVISIONING' ? 'ATTACHING' : 'ATTACHED',
        details: [
          detail('subnetId', subnet(draw, zone)),
          detail('networkInterfaceId', `eni-0${draw.hex(`eni:${task.id}`, 16)}`),
          detail('macAddress', mac(draw, task.id)),
          detail('privateDnsName', `ip-${ip.replaceAll('.', '-')}.${region}.compute.internal`),
          detail('privateIPv4Address', ip),
        ],
      },
    ],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    availabilityZone: `${region}${zone === 0 ? 'a' : 'c'}`,
    clusterArn: `arn:aws:ecs:${region}:${accountId}:cluster/${service.clusterName}`,
    ...(ran && { connectivity: phase === 'RUNNING' ? 'CONNECTED' : 'DISCONNECTED' }),
    ...(ran && { connectivityAt: seconds(task.createdAt + 8 * SECOND) }),
    containers: [
      {
        containerArn: `arn:aws:ecs:${region}:${accountId}:container/${service.clusterName}/${task.id}/${draw.uuid(`container:${task.id}`)}`,
        taskArn: arn,
        name: definition?.family,
        image: definition?.image,
        ...(ran && {
          imageDigest: `sha256:${draw.hex(`digest:${definition?.image}`, 64)}`,
          runtimeId: `${task.id}-${draw.digits(`runtime:${task.id}`, 10)}`,
        }),
        lastStatus: phase === 'DEPROVISIONING' ? 'STOPPED' : phase === 'PROVISIONING' ? 'PENDING' : phase,
        ...(ran && phase === 'STOPPED' && { exitCode: 0 }),
        networkBindings: [],
        networkInterfaces: [{ attachmentId: attachment, privateIpv4Address: ip }],
        healthStatus: phase === 'RUNNING' ? 'HEALTHY' : 'UNKNOWN',
        cpu: '0',
      },
    ],
    cpu: definition?.cpu,
    createdAt: seconds(task.createdAt),
    desiredStatus: wantedStatus(task, now),
    enableExecuteCommand: false,
    ...(phase === 'STOPPED' && { executionStoppedAt: seconds(task.stoppedAt - 5 * SECOND) }),
    group: `service:${service.name}`,
    healthStatus: phase === 'RUNNING' ? 'HEALTHY' : 'UNKNOWN',
    lastStatus: phase,
    launchType: 'FARGATE',
    memory: definition?.memory,
    overrides: {
      containerOverrides: [{ name: definition?.family }],
      inferenceAcceleratorOverrides: [],
    },
    platformVersion: PLATFORM,
    platformFamily: 'Linux',
    ...(ran && {
      pullStartedAt: seconds(task.createdAt + 9 * SECOND),
      pullStoppedAt: seconds(task.runningAt - 3 * SECOND),
      startedAt: seconds(task.runningAt),
    }),
    startedBy: task.deployment,
    ...(now >= task.stoppingAt && {
      stopCode: task.stopCode,
      stoppedReason: task.stoppedReason,
      stoppingAt: seconds(task.stoppingAt),
    }),
    ...(phase === 'STOPPED' && { stoppedAt: seconds(task.stoppedAt) }),
    tags: include.has('TAGS') ? tagList(service.tags) : [],
    taskDefinitionArn: task.taskDefinition,
    version: phase === 'RUNNING' ? 4 : phase === 'STOPPED' ? 6 : 2,
    ephemeralStorage: { sizeInGiB: 20 },
  };
}

export function taskArn(state: WorldState, service: ServiceState, task: TaskState): string {
  return `arn:aws:ecs:${state.seed.region}:${state.seed.accountId}:task/${service.clusterName}/${task.id}`;
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
    registeredAt: seconds(definition.registeredAt),
    registeredBy: `arn:aws:sts::${accountId}:assumed-role/deploy-pipeline/release`,
  };
}

export function tagList(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function network({ draw }: WorldState) {
  return {
    awsvpcConfiguration: {
      subnets: [subnet(draw, 0), subnet(draw, 1)],
      securityGroups: [`sg-0${draw.hex('security-group', 16)}`],
      assignPublicIp: 'DISABLED',
    },
  };
}

function subnet(draw: Draw, zone: number): string {
  return `subnet-0${draw.hex(`subnet:${zone}`, 16)}`;
}

/** Locally administered, as an ENI's is. */
function mac(draw: Draw, task: string): string {
  const hex = draw.hex(`mac:${task}`, 10);
  return ['06', ...(hex.match(/../g) ?? [])].join(':');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
