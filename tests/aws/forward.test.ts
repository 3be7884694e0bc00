import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import type { World } from '../../server/aws/practice/world.ts';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import { wallClock } from '../../server/lib/clock.ts';
import { type MemoryLog, memoryLog, OPERATOR, openPractice, REGION } from './support.ts';

const HOUR_MS = 3_600_000;
const HEALTHY = { cluster: 'hoiku-prod', service: 'worker-mail' };

function client(world: World): ECSClient {
  const requestHandler = practiceRequestHandler(world, wallClock);
  return new ECSClient({ region: REGION, maxAttempts: 1, credentials: OPERATOR, requestHandler });
}

async function service(world: World) {
  const { cluster, service: name } = HEALTHY;
  const { services } = await client(world).send(new DescribeServicesCommand({ cluster, services: [name] }));
  const [one] = services ?? [];
  if (one === undefined) throw new Error('The service is not there.');
  return one;
}

test('WORLD-7 ahead by an hour, history lies an hour further back, and what was under way has arrived', async () => {
  const log = memoryLog();
  await using practice = await openPractice({ log });
  const { world } = practice;
  await client(world).send(new UpdateServiceCommand({ ...HEALTHY, forceNewDeployment: true }));
  const before = await service(world);
  expect(before.deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');

  await world.forward(HOUR_MS);
  const after = await service(world);
  expect(after.createdAt?.getTime()).toBe((before.createdAt?.getTime() ?? 0) - HOUR_MS);
  expect(after.deployments?.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED']);
  const { at, clusters } = await world.picture();
  const pictured = clusters[0]?.services.find(({ name }) => name === HEALTHY.service);
  expect(pictured?.deployments[0]?.since).toBe(after.deployments?.[0]?.createdAt?.getTime());
  expect(Math.abs(at - Date.now())).toBeLessThan(60_000);

  // The same world, from its log.
  await using again = await openPractice({ log });
  expect((await service(again.world)).createdAt).toEqual(after.createdAt);
});

test('WORLD-7 goes no other way than ahead, not too far, and not where it cannot be stored', async () => {
  const log: MemoryLog = memoryLog();
  await using practice = await openPractice({ log });
  const { world } = practice;
  const { createdAt } = await service(world);
  for (const ms of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 500 * 24 * HOUR_MS]) {
    await expect(world.forward(ms)).rejects.toThrow('A world goes ahead by whole milliseconds');
  }
  log.full = true;
  await expect(world.forward(HOUR_MS)).rejects.toThrow('not stored');
  log.full = false;
  expect((await service(world)).createdAt).toEqual(createdAt);
  expect(log.entries.some(({ op }) => op === 'forward')).toBe(false);
});
