import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, begin, inspect } from '../../../server/aws/practice/core.ts';
import type { ServiceSeed, WorldSeed } from '../../../server/aws/practice/seed.ts';
import type { WorldState } from '../../../server/aws/practice/state.ts';
import type { LogEntry } from '../../../server/aws/practice/world.ts';

const BEGUN = Date.parse('2026-11-23T00:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const service = (over: Partial<ServiceSeed>): ServiceSeed => ({
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
  ...over,
});

function worldOf(...services: ServiceSeed[]): WorldState {
  const seed: WorldSeed = {
    region: 'ap-northeast-1',
    accountId: '123456789012',
    random: 'ab'.repeat(32),
    iam: { users: [], roles: [], scp: [] },
    ecs: { clusters: [{ name: 'prod', services }] },
  };
  return begin(seed, { op: 'begin', at: BEGUN });
}

const update = (at: number, over: LogEntry = {}): LogEntry => ({
  op: 'ecs:UpdateService',
  at,
  cluster: 'prod',
  service: 'web',
  desired: null,
  force: false,
  taskDefinition: null,
  ...over,
});

interface View {
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly taskDefinition: string;
  readonly events: readonly { message: string; createdAt: number; id: string }[];
  readonly deployments: readonly {
    status: string;
    rolloutState: string;
    runningCount: number;
    failedTasks: number;
  }[];
}

function look(state: WorldState, at: number): View {
  const output = inspect(state, 'ecs:DescribeServices', { cluster: 'prod', services: ['web'] }, at);
  return (output as { services: [View] }).services[0]; // the shape that the test asserts on
}

function tasks(state: WorldState, at: number, desiredStatus: string): readonly string[] {
  const output = inspect(state, 'ecs:ListTasks', { cluster: 'prod', desiredStatus }, at);
  return (output as { taskArns: string[] }).taskArns; // as above
}

test('ECS-5 scaling out: pending first, running within half a minute, then a steady state', () => {
  const state = apply(worldOf(service({})), update(BEGUN, { desired: 4 }));
  expect(look(state, BEGUN + 5 * SECOND)).toMatchObject({
    desiredCount: 4,
    runningCount: 2,
    pendingCount: 2,
  });
  const later = look(state, BEGUN + 2 * MINUTE);
  expect(later).toMatchObject({ runningCount: 4, pendingCount: 0 });
  expect(later.events[0]?.message).toBe('(service web) has reached a steady state.');
});

test('ECS-5 scaling in: tasks stop, stay to be seen as STOPPED for an hour, and are gone', () => {
  const state = apply(worldOf(service({})), update(BEGUN, { desired: 1 }));
  expect(look(state, BEGUN + 2 * MINUTE).runningCount).toBe(1);
  expect(tasks(state, BEGUN + 2 * MINUTE, 'RUNNING')).toHaveLength(1);
  expect(tasks(state, BEGUN + 2 * MINUTE, 'STOPPED')).toHaveLength(1);
  expect(tasks(state, BEGUN + 62 * MINUTE, 'STOPPED')).toHaveLength(0);
});

test('ECS-6 a deployment starts the new before it stops the old, and ends with all tasks replaced', () => {
  const before = worldOf(service({}));
  const old = tasks(before, BEGUN, 'RUNNING');
  const state = apply(before, update(BEGUN, { force: true }));
  for (let at = BEGUN; at < BEGUN + 3 * MINUTE; at += SECOND) {
    expect(look(state, at).runningCount).toBeGreaterThanOrEqual(2);
  }
  const done = look(state, BEGUN + 3 * MINUTE);
  expect(done.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }]);
  const now = tasks(state, BEGUN + 3 * MINUTE, 'RUNNING');
  expect(now).toHaveLength(2);
  expect(now.some((arn) => old.includes(arn))).toBe(false);
});

test('ECS-7 a fault holds for its revision: the same again fails, an earlier revision runs', () => {
  const before = worldOf(service({ desired: 3, stoppedReason: 'CannotPullContainerError' }));
  const stuck = look(before, BEGUN);
  expect(stuck).toMatchObject({ desiredCount: 3, runningCount: 2, pendingCount: 0 });
  expect(stuck.events[0]?.message).toBe(
    '(service web) was unable to place a task. Reason: CannotPullContainerError.',
  );
  const again = apply(before, update(BEGUN, { force: true }));
  expect(look(again, BEGUN + 20 * MINUTE)).toMatchObject({
    runningCount: 2,
    deployments: [{ rolloutState: 'IN_PROGRESS', runningCount: 0, failedTasks: 6 }, { runningCount: 2 }],
  });
  const earlier = stuck.taskDefinition.replace(':7', ':6');
  const fixed = apply(again, update(BEGUN + 20 * MINUTE, { taskDefinition: earlier }));
  const done = look(fixed, BEGUN + 25 * MINUTE);
  expect(done).toMatchObject({ runningCount: 3, taskDefinition: earlier });
  expect(done.deployments).toHaveLength(1);
  expect(done.events[0]?.message).toBe('(service web) has reached a steady state.');
});

test('ECS-8 whatever is updated and whenever, the service settles on what was last wanted', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 3 * 60 }),
    desired: fc.option(fc.integer({ min: 0, max: 6 })),
    force: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      let at = BEGUN;
      let state = worldOf(service({}));
      let wanted = 2;
      for (const { after, desired, force } of steps) {
        at += after * SECOND;
        wanted = desired ?? wanted;
        state = apply(state, update(at, { desired, force }));
      }
      const done = look(state, at + 10 * MINUTE);
      expect(done).toMatchObject({ desiredCount: wanted, runningCount: wanted, pendingCount: 0 });
      expect(done.deployments).toHaveLength(1);
      expect(tasks(state, at + 10 * MINUTE, 'RUNNING')).toHaveLength(wanted);
      expect(new Set(done.events.map((event) => event.id)).size).toBe(done.events.length);
    }),
  );
});
