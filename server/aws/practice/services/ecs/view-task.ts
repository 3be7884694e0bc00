import type { Draw } from '../../draw.ts';
import { Instant } from '../../instant.ts';
import type { WorldState } from '../../state.ts';
import { PLATFORM, subnet, tagList } from './fargate.ts';
import { phaseOf, wantedStatus } from './moment.ts';
import type { ServiceState, TaskState } from './state.ts';

const SECOND = 1000;

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
    ...(ran && { connectivityAt: new Instant(task.createdAt + 8 * SECOND) }),
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
    createdAt: new Instant(task.createdAt),
    desiredStatus: wantedStatus(task, now),
    enableExecuteCommand: false,
    ...(phase === 'STOPPED' && { executionStoppedAt: new Instant(task.stoppedAt - 5 * SECOND) }),
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
      pullStartedAt: new Instant(task.createdAt + 9 * SECOND),
      pullStoppedAt: new Instant(task.runningAt - 3 * SECOND),
      startedAt: new Instant(task.runningAt),
    }),
    startedBy: task.deployment,
    ...(now >= task.stoppingAt && {
      stopCode: task.stopCode,
      stoppedReason: task.stoppedReason,
      stoppingAt: new Instant(task.stoppingAt),
    }),
    ...(phase === 'STOPPED' && { stoppedAt: new Instant(task.stoppedAt) }),
    tags: include.has('TAGS') ? tagList(service.tags) : [],
    taskDefinitionArn: task.taskDefinition,
    version: phase === 'RUNNING' ? 4 : phase === 'STOPPED' ? 6 : 2,
    ephemeralStorage: { sizeInGiB: 20 },
  };
}

export function taskArn(state: WorldState, service: ServiceState, task: TaskState): string {
  return `arn:aws:ecs:${state.seed.region}:${state.seed.accountId}:task/${service.clusterName}/${task.id}`;
}

/** Locally administered, as an ENI's is. */
function mac(draw: Draw, task: string): string {
  const hex = draw.hex(`mac:${task}`, 10);
  return ['06', ...(hex.match(/../g) ?? [])].join(':');
}
