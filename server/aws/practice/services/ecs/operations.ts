/** The operations of Amazon ECS that practice AWS has; shapes and sentences are the API's. */
import { AwsFault } from '../../fault.ts';
import type { Ask, Operation, Params, Scene, Service } from '../../operation.ts';
import { tagList } from './fargate.ts';
import {
  clusterArnOf,
  clusterKey,
  clusterNameOf,
  findCluster,
  findDefinition,
  findService,
  requireCluster,
  serviceArnOf,
  shortName,
  taskArnOf,
} from './lookup.ts';
import { visibleTasks, wantedStatus } from './moment.ts';
import { includes, invalid, oneOf, page, text, texts } from './params.ts';
import { applyUpdateService, updateService } from './update-service.ts';
import { clusterView, serviceView, taskDefinitionView } from './view.ts';
import { taskArn, taskView } from './view-task.ts';

const MISSING = 'MISSING';

function read(
  asks: (params: Params, scene: Scene) => readonly Ask[],
  answer: (params: Params, scene: Scene) => unknown,
): Operation {
  return { mutates: false, asks, run: (params, scene) => ({ kind: 'read', output: answer(params, scene) }) };
}

const onAnything = (action: string) => (): readonly Ask[] => [{ action: `ecs:${action}`, resource: '*' }];

const listClusters = read(onAnything('ListClusters'), (params, { state }) => {
  const { items, ...next } = page(params, state.ecs.clusters, { byDefault: 100, most: 100 });
  return { clusterArns: items.map((c) => c.arn), ...next };
});

const describeClusters = read(
  (params, scene) =>
    named(texts(params, 'clusters'), 'default').map((name) => ({
      action: 'ecs:DescribeClusters',
      resource: clusterArnOf(scene, name),
    })),
  (params, scene) => {
    const include = includes(params, ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']);
    const names = named(texts(params, 'clusters'), 'default');
    if (names.length > 100) throw invalid('Clusters can have at most 100 items.');
    const found = names.map((name) => ({ name, cluster: findCluster(scene.state, name) }));
    return {
      clusters: found.flatMap(({ cluster }) => (cluster ? [clusterView(cluster, scene.now, include)] : [])),
      failures: found
        .filter(({ cluster }) => !cluster)
        .map(({ name }) => ({ arn: clusterArnOf(scene, name), reason: MISSING })),
    };
  },
);

const listServices = read(
  (params, scene) => [{ action: 'ecs:ListServices', resource: '*', keys: clusterKey(params, scene) }],
  (params, scene) => {
    const cluster = requireCluster(params, scene);
    const launchType = oneOf(params, 'launchType', ['EC2', 'FARGATE', 'EXTERNAL']);
    const scheduling = oneOf(params, 'schedulingStrategy', ['REPLICA', 'DAEMON']);
    const none = (launchType !== null && launchType !== 'FARGATE') || scheduling === 'DAEMON';
    const { items, ...next } = page(params, none ? [] : cluster.services, { byDefault: 10, most: 100 });
    return { serviceArns: items.map((s) => s.arn), ...next };
  },
);

const describeServices = read(
  (params, scene) =>
    texts(params, 'services').map((name) => ({
      action: 'ecs:DescribeServices',
      resource: serviceArnOf(scene, params, name),
      keys: clusterKey(params, scene),
    })),
  (params, scene) => {
    const include = includes(params, ['TAGS']);
    const names = texts(params, 'services');
    if (names.length === 0) throw invalid('Services cannot be empty.');
    if (names.length > 10) throw invalid('Services can have at most 10 items.');
    const cluster = requireCluster(params, scene);
    const found = names.map((name) => ({ name, service: findService(cluster, name) }));
    return {
      services: found.flatMap(({ service }) =>
        service ? [serviceView(scene.state, service, scene.now, include)] : [],
      ),
      failures: found
        .filter(({ service }) => !service)
        .map(({ name }) => ({ arn: serviceArnOf(scene, params, name), reason: MISSING })),
    };
  },
);

const listTasks = read(
  (params, scene) => [
    {
      action: 'ecs:ListTasks',
      resource: clusterArnOf(scene, clusterNameOf(params))
        .replace(':cluster/', ':container-instance/')
        .concat('/*'),
      keys: clusterKey(params, scene),
    },
  ],
  (params, scene) => {
    const { state, now } = scene;
    const cluster = requireCluster(params, scene);
    const status = oneOf(params, 'desiredStatus', ['RUNNING', 'PENDING', 'STOPPED']) ?? 'RUNNING';
    const launchType = oneOf(params, 'launchType', ['EC2', 'FARGATE', 'EXTERNAL']);
    const family = text(params, 'family');
    const startedBy = text(params, 'startedBy');
    const serviceName = text(params, 'serviceName');
    if (startedBy !== null && (family !== null || serviceName !== null)) {
      throw invalid('Cannot specify startedBy with any other filter.');
    }
    const only = serviceName === null ? null : findService(cluster, shortName(serviceName));
    if (serviceName !== null && !only) throw new AwsFault('ServiceNotFoundException', 'Service not found.');
    const nothing =
      text(params, 'containerInstance') !== null || (launchType !== null && launchType !== 'FARGATE');
    const arns = (only ? [only] : cluster.services).flatMap((service) =>
      visibleTasks(service, now, state.draw)
        .filter((task) => wantedStatus(task, now) === status)
        .filter((task) => family === null || familyOf(task.taskDefinition) === family)
        .filter((task) => startedBy === null || task.deployment === startedBy)
        .map((task) => taskArn(state, service, task)),
    );
    const { items, ...next } = page(params, nothing ? [] : arns, { byDefault: 100, most: 100 });
    return { taskArns: items, ...next };
  },
);

const describeTasks = read(
  (params, scene) =>
    texts(params, 'tasks').map((task) => ({
      action: 'ecs:DescribeTasks',
      resource: taskArnOf(scene, params, task),
      keys: clusterKey(params, scene),
    })),
  (params, scene) => {
    const { state, now } = scene;
    const include = includes(params, ['TAGS']);
    const wanted = texts(params, 'tasks');
    if (wanted.length === 0) throw invalid('Tasks cannot be empty.');
    if (wanted.length > 100) throw invalid('Tasks can have at most 100 items.');
    const cluster = requireCluster(params, scene);
    const tasks = new Map(
      cluster.services.flatMap((service) =>
        visibleTasks(service, now, state.draw).map((task) => [
          taskArn(state, service, task),
          { service, task },
        ]),
      ),
    );
    const found = wanted
      .map((name) => ({ arn: taskArnOf(scene, params, name) }))
      .map(({ arn }) => ({ arn, hit: tasks.get(arn) }));
    return {
      tasks: found.flatMap(({ hit }) => (hit ? [taskView(state, hit.service, hit.task, now, include)] : [])),
      failures: found.filter(({ hit }) => !hit).map(({ arn }) => ({ arn, reason: MISSING })),
    };
  },
);

const describeTaskDefinition = read(onAnything('DescribeTaskDefinition'), (params, { state }) => {
  const include = includes(params, ['TAGS']);
  const reference = text(params, 'taskDefinition');
  if (!reference) throw new AwsFault('ClientException', 'taskDefinition cannot be null or empty.');
  const definition = findDefinition(state, reference);
  if (!definition) throw new AwsFault('ClientException', 'Unable to describe task definition.');
  return {
    taskDefinition: taskDefinitionView(state, definition),
    tags: include.has('TAGS') ? [] : undefined,
  };
});

const listTaskDefinitions = read(onAnything('ListTaskDefinitions'), (params, { state }) => {
  const family = text(params, 'familyPrefix');
  const status = oneOf(params, 'status', ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']) ?? 'ACTIVE';
  const sort = oneOf(params, 'sort', ['ASC', 'DESC']) ?? 'ASC';
  const sorted = state.ecs.taskDefinitions
    .filter((d) => status === 'ACTIVE' && (family === null || d.family === family))
    .toSorted((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : a.revision - b.revision))
    .map((d) => d.arn);
  const { items, ...next } = page(params, sort === 'ASC' ? sorted : sorted.toReversed(), {
    byDefault: 100,
    most: 100,
  });
  return { taskDefinitionArns: items, ...next };
});

const listTaskDefinitionFamilies = read(onAnything('ListTaskDefinitionFamilies'), (params, { state }) => {
  const prefix = text(params, 'familyPrefix') ?? '';
  const status = oneOf(params, 'status', ['ACTIVE', 'INACTIVE', 'ALL']) ?? 'ACTIVE';
  const families = [...new Set(state.ecs.taskDefinitions.map((d) => d.family))]
    .filter((name) => status !== 'INACTIVE' && name.startsWith(prefix))
    .sort();
  const { items, ...next } = page(params, families, { byDefault: 100, most: 100 });
  return { families: items, ...next };
});

const listTagsForResource = read(
  (params) => [{ action: 'ecs:ListTagsForResource', resource: text(params, 'resourceArn') ?? '*' }],
  (params, { state }) => {
    const arn = text(params, 'resourceArn');
    if (!arn?.startsWith('arn:')) throw invalid('The resource ARN is not valid.');
    const service = state.ecs.clusters.flatMap((c) => c.services).find((s) => s.arn === arn);
    const known =
      service ||
      state.ecs.clusters.some((c) => c.arn === arn) ||
      state.ecs.taskDefinitions.some((d) => d.arn === arn);
    if (!known) throw new AwsFault('ResourceNotFoundException', 'The specified resource could not be found.');
    return { tags: tagList(service?.tags ?? {}) };
  },
);

export const ecs: Service = {
  operations: {
    ListClusters: listClusters,
    DescribeClusters: describeClusters,
    ListServices: listServices,
    DescribeServices: describeServices,
    ListTasks: listTasks,
    DescribeTasks: describeTasks,
    DescribeTaskDefinition: describeTaskDefinition,
    ListTaskDefinitions: listTaskDefinitions,
    ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
    ListTagsForResource: listTagsForResource,
    UpdateService: updateService,
  },
  entries: { 'ecs:UpdateService': applyUpdateService },
  elsewhere: [
    'CreateCapacityProvider',
    'CreateCluster',
    'CreateService',
    'CreateTaskSet',
    'DeleteAccountSetting',
    'DeleteAttributes',
    'DeleteCapacityProvider',
    'DeleteCluster',
    'DeleteService',
    'DeleteTaskDefinitions',
    'DeleteTaskSet',
    'DeregisterContainerInstance',
    'DeregisterTaskDefinition',
    'DescribeCapacityProviders',
    'DescribeContainerInstances',
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'DescribeTaskSets',
    'DiscoverPollEndpoint',
    'ExecuteCommand',
    'GetTaskProtection',
    'ListAccountSettings',
    'ListAttributes',
    'ListContainerInstances',
    'ListServiceDeployments',
    'ListServicesByNamespace',
    'PutAccountSetting',
    'PutAccountSettingDefault',
    'PutAttributes',
    'PutClusterCapacityProviders',
    'RegisterContainerInstance',
    'RegisterTaskDefinition',
    'RunTask',
    'StartTask',
    'StopServiceDeployment',
    'StopTask',
    'SubmitAttachmentStateChanges',
    'SubmitContainerStateChange',
    'SubmitTaskStateChange',
    'TagResource',
    'UntagResource',
    'UpdateCapacityProvider',
    'UpdateCluster',
    'UpdateClusterSettings',
    'UpdateContainerAgent',
    'UpdateContainerInstancesState',
    'UpdateServicePrimaryTaskSet',
    'UpdateTaskProtection',
    'UpdateTaskSet',
  ],
};

function named(names: readonly string[], fallback: string): readonly string[] {
  return names.length > 0 ? names : [fallback];
}

function familyOf(definitionArn: string): string {
  return definitionArn.split('task-definition/')[1]?.split(':')[0] ?? '';
}
