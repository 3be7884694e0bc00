import { expect, test } from 'vitest';
import { apply, begin } from '../../../server/aws/practice/core.ts';
import { pictureOf } from '../../../server/aws/practice/picture.ts';

const BEGUN = Date.parse('2026-11-23T00:00:00Z');
const HOUR = 3_600_000;

const begun = begin(
  {
    region: 'ap-northeast-1',
    accountId: '123456789012',
    random: 'ab'.repeat(32),
    iam: { users: [], roles: [], scp: [] },
    ecs: {
      clusters: [
        {
          name: 'prod',
          services: [
            {
              name: 'web',
              desired: 2,
              running: 2,
              family: 'web',
              revision: 7,
              image: 'web:1',
              cpu: '256',
              memory: '512',
              port: 80,
              environment: {},
              deployedMinutesAgo: 600,
            },
          ],
        },
      ],
    },
  },
  { op: 'begin', at: BEGUN },
);
const deployed = apply(begun, {
  op: 'ecs:UpdateService',
  at: BEGUN,
  cluster: 'prod',
  service: 'web',
  desired: null,
  force: true,
  taskDefinition: null,
});

test('PIC-1 the picture shows a service whole: deployments, their tasks, events', () => {
  const web = pictureOf(begun, BEGUN).clusters[0]?.services[0];
  expect(web).toMatchObject({ name: 'web', desired: 2, running: 2, pending: 0 });
  expect(web?.deployments[0]).toMatchObject({
    status: 'PRIMARY',
    rolloutState: 'COMPLETED',
    taskDefinition: 'web:7',
    image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1',
  });
  expect(web?.deployments[0]?.tasks.map((task) => task.status)).toEqual(['RUNNING', 'RUNNING']);
  expect(web?.events[0]?.message).toContain('steady state');
});

test('PIC-2 nothing changes before the time at which the picture says to look again', () => {
  let at = BEGUN;
  for (let looks = 0; looks < 12; looks++) {
    const seen = pictureOf(deployed, at);
    const next = seen.nextChangeAt ?? Number.NaN;
    expect(next).toBeGreaterThan(at);
    expect(pictureOf(deployed, next - 0.5).clusters).toEqual(seen.clusters);
    at = next;
  }
  expect(pictureOf(deployed, at).clusters).not.toEqual(pictureOf(deployed, BEGUN).clusters);
});

test('PIC-3 times in the picture are wall time: what was moved ahead lies in the past', () => {
  const ahead = apply(deployed, { op: 'forward', ms: HOUR });
  const there = pictureOf(deployed, BEGUN + HOUR);
  const here = pictureOf(ahead, BEGUN);
  expect(here.at).toBe(BEGUN);
  expect(here.nextChangeAt).toBe((there.nextChangeAt ?? 0) - HOUR);
  const since = (picture: typeof here) => picture.clusters[0]?.services[0]?.deployments[0]?.since ?? 0;
  expect(since(here)).toBe(since(there) - HOUR);
});
