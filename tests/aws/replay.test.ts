import {
  DescribeServicesCommand,
  ECSClient,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { compilePolicy } from '../../server/aws/policy.ts';
import type { World } from '../../server/aws/practice/world.ts';
import { createWorlds } from '../../server/aws/practice/worlds.ts';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import { wallClock } from '../../server/lib/clock.ts';
import {
  ALLOW,
  memoryLog,
  OPERATOR,
  openPractice,
  RANDOM,
  REGION,
  SVC,
  seedWithOperator,
  vendorFor,
} from './support.ts';

const CLUSTER = 'hoiku-prod';
const policy = compilePolicy({ file: 'lab.yaml', allow: ALLOW });

function client(
  world: World,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = OPERATOR,
) {
  return new ECSClient({
    region: REGION,
    maxAttempts: 1,
    credentials,
    requestHandler: practiceRequestHandler(world, wallClock),
  });
}

async function serviceOf(world: World, name: string) {
  const { services } = await client(world).send(
    new DescribeServicesCommand({ cluster: CLUSTER, services: [name] }),
  );
  return services?.[0];
}

async function tasksOf(world: World) {
  return (await client(world).send(new ListTasksCommand({ cluster: CLUSTER }))).taskArns;
}

test('LOG-1 a change and a session survive a new process: both are replayed from the log', async () => {
  const log = memoryLog();
  await using first = await openPractice({ log });
  await client(first.world).send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 5 }),
  );
  const minted = await vendorFor(first.world).mint({ person: 'mari', lab: 'lab', seat: 'seat', policy });
  const before = await serviceOf(first.world, 'worker-mail');
  await first.worlds[Symbol.asyncDispose]();
  expect(log.entries.map((entry) => entry.op)).toEqual(['begin', 'ecs:UpdateService', 'sts:AssumeRole']);
  expect(JSON.stringify(log.entries)).not.toContain(minted.secretAccessKey);

  await using second = await openPractice({ log });
  const after = await serviceOf(second.world, 'worker-mail');
  expect(after?.desiredCount).toBe(5);
  expect(after?.deployments?.[0]?.id).toBe(before?.deployments?.[0]?.id);
  const { taskArns } = await client(second.world, minted).send(new ListTasksCommand({ cluster: CLUSTER }));
  expect(taskArns).toEqual(await tasksOf(second.world));
});

test('LOG-2 what could not be stored did not happen, and the answer says so', async () => {
  await using practice = await openPractice();
  practice.log.full = true;
  await expect(
    client(practice.world).send(
      new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 5 }),
    ),
  ).rejects.toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
  expect((await serviceOf(practice.world, 'worker-mail'))?.desiredCount).toBe(2);

  practice.log.full = false;
  await client(practice.world).send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 3 }),
  );
  expect((await serviceOf(practice.world, 'worker-mail'))?.desiredCount).toBe(3);
  expect(practice.log.entries).toHaveLength(2);
});

test('LOG-3 the answer waits for the store', async () => {
  await using practice = await openPractice();
  const stored: (() => void)[] = [];
  const append = practice.log.append.bind(practice.log);
  practice.log.append = async (n, entry) => {
    await new Promise<void>((resolve) => stored.push(resolve));
    await append(n, entry);
  };
  let answered = false;
  const update = client(practice.world)
    .send(new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 5 }))
    .then(() => {
      answered = true;
    });
  await expect.poll(() => stored.length).toBe(1);
  // A read goes round through the same worker and back: the update had every chance to answer first.
  await practice.world.inspect('ecs:ListClusters', {});
  expect(answered).toBe(false);
  stored[0]?.();
  await update;
});

test('WORLD-3 one seed is one world; another seed has other ids and other secrets', async () => {
  const log = memoryLog();
  await log.append(1, { op: 'begin', at: Date.now() - 60_000 });
  const copy = memoryLog();
  await copy.append(1, log.entries[0] ?? {});
  await using one = await openPractice({ log });
  await using same = await openPractice({ log: copy });
  await using other = await openPractice({ seed: seedWithOperator(RANDOM.replaceAll('0', '9')) });
  expect(await tasksOf(one.world)).toEqual(await tasksOf(same.world));
  expect((await serviceOf(one.world, SVC))?.events).toEqual((await serviceOf(same.world, SVC))?.events);
  const ids = async (world: World) => (await tasksOf(world))?.map((arn) => arn.split('/').at(-1)) ?? [];
  const mine = new Set(await ids(one.world));
  expect((await ids(other.world)).some((id) => mine.has(id))).toBe(false);
  const mint = (world: World) => vendorFor(world).mint({ person: 'mari', lab: 'lab', seat: 'seat', policy });
  const sessions = [await mint(one.world), await mint(one.world)];
  expect(new Set(sessions.map((session) => session.secretAccessKey)).size).toBe(2);
  expect(new Set(sessions.map((session) => session.accessKeyId)).size).toBe(2);
});

test('WORLD-4 two opens of one id are one world, which lives until the last of them closes', async () => {
  await using worlds = createWorlds();
  const log = memoryLog();
  const one = await worlds.open('w', seedWithOperator(), log);
  const two = await worlds.open('w', seedWithOperator(), log);
  await client(one).send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 5 }),
  );
  await one[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  expect((await serviceOf(two, 'worker-mail'))?.desiredCount).toBe(5);
  await two[Symbol.asyncDispose]();
  await expect(serviceOf(two, 'worker-mail')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await using again = await worlds.open('w', seedWithOperator(), log);
  expect((await serviceOf(again, 'worker-mail'))?.desiredCount).toBe(5);
});

test('WORLD-5 a worker that dies costs a 500 at most; its worlds come back by replay', async () => {
  const log = memoryLog();
  await using worlds = createWorlds({ heapMiB: 16 });
  const world = await worlds.open('w', seedWithOperator(), log);
  await client(world).send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 4 }),
  );
  // Another world whose log is too large for the heap ends the worker that both live in.
  const huge = memoryLog();
  huge.entries.push({ op: 'begin', at: 0 });
  huge.entries.push({ op: 'sts:AssumeRole', filler: Array.from({ length: 600_000 }, (_, i) => ({ i })) });
  await expect(worlds.open('huge', seedWithOperator(), huge)).rejects.toThrow();
  await expect
    .poll(async () => (await serviceOf(world, 'worker-mail').catch(() => null))?.desiredCount)
    .toBe(4);
});
