import type { ClusterSeed, ServiceSeed } from '../../server/aws/practice/seed.ts';

/**
 * The production of a service that nurseries and parents use: a web front, a worker, notifications
 * and a nightly batch. One of the web service's tasks cannot start, so that the number one wants
 * (desiredCount) and the number one has (runningCount) differ.
 */
export function world(
  vars: Readonly<Record<string, string>>,
  random: () => number,
): { readonly ecs: { readonly clusters: readonly ClusterSeed[] } } {
  const { cluster, svc, tag } = vars;
  const running = Number(vars.running);
  const desired = Number(vars.desired);
  if (!cluster || !svc || !tag || !(running >= 1) || !(desired > running)) {
    throw new Error('labs/see-whats-running/world.ts needs the vars cluster, svc, tag, running and desired.');
  }
  const between = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  const build = () =>
    `2026.11.${String(between(2, 20)).padStart(2, '0')}-${between(0x100000, 0xffffff).toString(16)}`;

  const common = { cpu: '256', memory: '512', port: 0, tags: { env: 'prod', team: 'product' } };
  const service = (
    name: string,
    own: Omit<ServiceSeed, 'name' | 'family' | 'image' | 'revision' | keyof typeof common> &
      Partial<ServiceSeed>,
  ): ServiceSeed => ({
    ...common,
    name,
    family: name,
    image: `${name}:${build()}`,
    revision: between(12, 64),
    ...own,
  });

  return {
    ecs: {
      clusters: [
        {
          name: cluster,
          services: [
            service(svc, {
              image: `${svc}:${tag}`,
              desired,
              running,
              cpu: '512',
              memory: '1024',
              port: 3000,
              environment: { APP_ENV: 'production', TZ: 'Asia/Tokyo', PORT: '3000' },
              deployedMinutesAgo: between(90, 60 * 20),
              stoppedReason:
                'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ' +
                "unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
            }),
            service('worker-mail', {
              desired: 2,
              running: 2,
              environment: { APP_ENV: 'production', QUEUE: 'contact-book' },
              deployedMinutesAgo: between(60 * 24, 60 * 24 * 6),
            }),
            service('notify-push', {
              desired: 1,
              running: 1,
              environment: { APP_ENV: 'production', TOPIC: 'attendance' },
              deployedMinutesAgo: between(60 * 24 * 3, 60 * 24 * 14),
            }),
            service('batch-billing', {
              desired: 0,
              running: 0,
              environment: { APP_ENV: 'production', SCHEDULE: 'monthly' },
              deployedMinutesAgo: between(60 * 24 * 7, 60 * 24 * 21),
            }),
          ],
        },
      ],
    },
  };
}
