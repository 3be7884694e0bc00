import { AwsFault } from '../../fault.ts';
import type { Operation } from '../../operation.ts';
import { entryReader, type WorldState } from '../../state.ts';
import type { LogEntry } from '../../world.ts';
import { clusterKey, findDefinition, findService, requireCluster, serviceArnOf } from './lookup.ts';
import { flag, invalid, text, whole } from './params.ts';
import { changeService } from './timeline.ts';
import { serviceView } from './view.ts';

/** Fargate's largest quota of tasks per service. */
const MOST_TASKS = 5_000;
/** Practice worlds stay small, so that one learner's scaling is not another's slow page. */
const MOST_TASKS_HERE = 100;

export const updateService: Operation = {
  mutates: true,
  asks: (params, scene) => [
    {
      action: 'ecs:UpdateService',
      resource: serviceArnOf(scene, params, text(params, 'service') ?? ''),
      keys: clusterKey(params, scene),
    },
  ],
  run(params, scene) {
    const { state, now } = scene;
    const unknown = Object.keys(params).find(
      (name) =>
        !['cluster', 'service', 'desiredCount', 'taskDefinition', 'forceNewDeployment'].includes(name),
    );
    if (unknown !== undefined) {
      throw new AwsFault(
        'NotInPracticeAws',
        `UpdateService of practice AWS takes desiredCount, taskDefinition and forceNewDeployment, not ${unknown}. Nothing was changed. / 練習用の AWS の UpdateService では ${unknown} を使えません。`,
      );
    }
    const name = text(params, 'service');
    if (!name) throw invalid('Service cannot be empty.');
    const cluster = requireCluster(params, scene);
    const service = findService(cluster, name);
    if (!service) throw new AwsFault('ServiceNotFoundException', 'Service not found.');
    const desired = whole(params, 'desiredCount');
    if (desired !== null && (desired < 0 || desired > MOST_TASKS))
      throw invalid('desiredCount out of range.');
    if (desired !== null && desired > MOST_TASKS_HERE) {
      throw new AwsFault(
        'LimitExceededException',
        `A practice service has at most ${MOST_TASKS_HERE} tasks.`,
      );
    }
    const reference = text(params, 'taskDefinition');
    const definition = reference === null ? null : findDefinition(state, reference);
    if (reference !== null && !definition) throw new AwsFault('ClientException', 'TaskDefinition not found.');
    return {
      kind: 'change',
      entry: {
        op: 'ecs:UpdateService',
        at: now,
        cluster: cluster.name,
        service: service.name,
        desired,
        force: flag(params, 'forceNewDeployment'),
        taskDefinition: definition?.arn ?? null,
      },
      output(next) {
        const after = next.ecs.clusters
          .find((c) => c.name === cluster.name)
          ?.services.find((s) => s.name === service.name);
        return { service: after && serviceView(next, after, now, new Set(['TAGS'])) };
      },
    };
  },
};

/** Replays or applies one `UpdateService`. */
export function applyUpdateService(state: WorldState, entry: LogEntry): WorldState {
  const entryOf = entryReader(entry);
  const change = {
    at: entryOf.number('at'),
    n: state.n + 1,
    desired: entryOf.numberOrNull('desired'),
    force: entryOf.flag('force'),
    taskDefinition: entryOf.textOrNull('taskDefinition'),
  };
  const clusters = state.ecs.clusters.map((cluster) =>
    cluster.name === entryOf.text('cluster')
      ? {
          ...cluster,
          services: cluster.services.map((service) =>
            service.name === entryOf.text('service') ? changeService(service, change, state.draw) : service,
          ),
        }
      : cluster,
  );
  return { ...state, ecs: { ...state.ecs, clusters } };
}
