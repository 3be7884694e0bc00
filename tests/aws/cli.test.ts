import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SeatAws } from '../../server/aws/seat-aws.ts';
import type { MintFact } from '../../server/aws/vendor.ts';
import {
  account,
  openPractice,
  type Practice,
  REGION,
  RUNNING,
  type Shell,
  SVC,
  seatFor,
  shellFor,
} from './support.ts';

let practice: Practice;
let seat: SeatAws;
let shell: Shell;
const mints: MintFact[] = [];
const session = 'personpersonpers.see-whats-running.seatseatseatseat';
const learner = `arn:aws:sts::${account.accountId}:assumed-role/LabLearner-basic/${session}`;

beforeAll(async () => {
  practice = await openPractice();
  seat = seatFor(practice.world, { mints });
  shell = await shellFor(seat);
});

afterAll(async () => {
  seat[Symbol.dispose]();
  await shell[Symbol.asyncDispose]();
  await practice[Symbol.asyncDispose]();
});

/** The CLI's answer as JSON; fails with its own words if it did not succeed. */
async function json(...args: string[]) {
  const result = await shell.aws(...args);
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  return JSON.parse(result.stdout);
}

test('AWS-1 the real CLI asks who it is, and is the learner at this seat', async () => {
  const who = await json('sts', 'get-caller-identity');
  expect(who).toEqual({
    UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:/),
    Account: account.accountId,
    Arn: learner,
  });
  const identity = await seat.identity();
  expect(identity).toMatchObject({
    arn: who.Arn,
    accountId: who.Account,
    roleName: 'LabLearner-basic',
    region: REGION,
  });
  expect(identity?.allowed.ja).toBe('STS: 自分が誰かを見る\nECS: 一覧を見る、詳しく見る');
});

test('AWS-2 the real CLI walks from clusters to containers', async () => {
  const { clusterArns } = await json('ecs', 'list-clusters');
  expect(clusterArns).toEqual([`arn:aws:ecs:${REGION}:${account.accountId}:cluster/hoiku-prod`]);
  const cluster = ['--cluster', 'hoiku-prod'];

  const clusters = await json(
    'ecs',
    'describe-clusters',
    '--clusters',
    'hoiku-prod',
    'other',
    '--include',
    'STATISTICS',
  );
  expect(clusters.clusters[0]).toMatchObject({
    status: 'ACTIVE',
    activeServicesCount: 4,
    runningTasksCount: RUNNING + 3,
  });
  expect(clusters.failures).toMatchObject([{ reason: 'MISSING' }]);

  const { serviceArns } = await json('ecs', 'list-services', ...cluster);
  expect(serviceArns).toHaveLength(4);

  const { services } = await json('ecs', 'describe-services', ...cluster, '--services', SVC);
  expect(services[0]).toMatchObject({
    serviceName: SVC,
    runningCount: RUNNING,
    pendingCount: 0,
    status: 'ACTIVE',
  });
  expect(services[0].desiredCount).toBeGreaterThan(RUNNING);
  expect(services[0].events[0].message).toContain(
    'was unable to place a task. Reason: ResourceInitializationError',
  );
  expect(services[0].createdAt).toMatch(/^20\d\d-/);

  const { taskArns } = await json('ecs', 'list-tasks', ...cluster, '--service-name', SVC);
  expect(taskArns).toHaveLength(RUNNING);

  const { tasks } = await json('ecs', 'describe-tasks', ...cluster, '--tasks', taskArns[0]);
  expect(tasks[0]).toMatchObject({
    lastStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
    connectivity: 'CONNECTED',
    launchType: 'FARGATE',
  });
  expect(tasks[0].attachments[0].details).toContainEqual({
    name: 'privateIPv4Address',
    value: expect.stringMatching(/^10\.0\./),
  });

  const stopped = await json(
    'ecs',
    'list-tasks',
    ...cluster,
    '--service-name',
    SVC,
    '--desired-status',
    'STOPPED',
  );
  const failed = await json('ecs', 'describe-tasks', ...cluster, '--tasks', stopped.taskArns[0]);
  expect(failed.tasks[0]).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });

  const { taskDefinition } = await json('ecs', 'describe-task-definition', '--task-definition', SVC);
  expect(taskDefinition.taskDefinitionArn).toBe(services[0].taskDefinition);
  expect(taskDefinition.containerDefinitions[0].image).toContain(
    `${account.accountId}.dkr.ecr.${REGION}.amazonaws.com/${SVC}:`,
  );

  const definitions = await json('ecs', 'list-task-definitions', '--family-prefix', SVC);
  expect(definitions.taskDefinitionArns.at(-1)).toBe(services[0].taskDefinition);
});

test('AWS-3 a call outside the session policy gets the sentence of AWS, and the ledger says why', async () => {
  const result = await shell.aws(
    'ecs',
    'update-service',
    '--cluster',
    'hoiku-prod',
    '--service',
    SVC,
    '--desired-count',
    '9',
  );
  expect(result.code).toBe(254);
  expect(result.stderr.trim()).toBe(
    `An error occurred (AccessDeniedException) when calling the UpdateService operation: User: ${learner} is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:${REGION}:${account.accountId}:service/hoiku-prod/${SVC} because no session policy allows the ecs:UpdateService action`,
  );
  const call = (await practice.world.calls(0)).at(-1);
  expect(call).toMatchObject({
    action: 'ecs:UpdateService',
    by: 'learner',
    outcome: 'denied',
    denial: { layer: 'session', effect: 'implicit', sid: null },
    sourceIdentity: 'personpersonpers',
  });
});

test('AWS-3 services that practice AWS lacks are refused in their own protocol before they are "not here"', async () => {
  const [s3, ec2, iam, logs] = await Promise.all([
    shell.aws('s3', 'ls'),
    shell.aws('ec2', 'describe-instances'),
    shell.aws('iam', 'create-user', '--user-name', 'x'),
    shell.aws('logs', 'describe-log-groups'),
  ]);
  expect(s3.stderr).toContain(
    'An error occurred (AccessDenied) when calling the ListBuckets operation: User:',
  );
  expect(s3.stderr).toContain('because no session policy allows the s3:ListAllMyBuckets action');
  expect(ec2.stderr).toContain(
    'An error occurred (UnauthorizedOperation) when calling the DescribeInstances operation: You are not authorized',
  );
  expect(iam.stderr).toContain('with an explicit deny in a permissions boundary');
  expect(logs.stderr).toContain(
    'An error occurred (AccessDeniedException) when calling the DescribeLogGroups operation',
  );
});

test('AWS-4 what AWS has and practice AWS has not says so, and never succeeds', async () => {
  const result = await shell.aws('ecs', 'describe-capacity-providers');
  expect(result.code).toBe(254);
  expect(result.stderr).toContain(
    'An error occurred (NotInPracticeAws) when calling the DescribeCapacityProviders operation',
  );
});

test('AWS-5 errors of ECS are the errors of ECS', async () => {
  const [noCluster, noDefinition, otherRegion] = await Promise.all([
    shell.aws('ecs', 'list-services'),
    shell.aws('ecs', 'describe-task-definition', '--task-definition', 'nothing'),
    shell.aws('ecs', 'list-clusters', '--region', 'us-east-1'),
  ]);
  expect(noCluster.stderr).toContain(
    '(ClusterNotFoundException) when calling the ListServices operation: Cluster not found.',
  );
  expect(noDefinition.stderr).toContain(
    '(ClientException) when calling the DescribeTaskDefinition operation: Unable to describe task definition.',
  );
  expect(otherRegion.stderr).toContain('with an explicit deny in a service control policy');
});

test('AWS-6 the shim leaves help, version, configuration and quoting alone; the learner’s own endpoint wins', async () => {
  const [version, config, quoted, own, none] = await Promise.all([
    shell.aws('--version'),
    shell.aws('configure', 'list'),
    shell.aws(
      'ecs',
      'describe-services',
      '--cluster',
      'hoiku-prod',
      '--services',
      SVC,
      '--query',
      "services[?serviceName == 'a b'] | [0]",
    ),
    shell.aws('ecs', 'list-clusters', '--endpoint-url', 'http://127.0.0.1:9', '--cli-connect-timeout', '2'),
    shell.aws(),
  ]);
  expect(version.stdout).toMatch(/^aws-cli\/2\./);
  expect(config.stdout).toContain('container-role');
  expect(quoted.stdout.trim()).toBe('null');
  expect(own.stderr).toContain('Could not connect to the endpoint URL: "http://127.0.0.1:9/"');
  expect(none.stderr).toContain('usage: aws');
});

test('CRED-1 credentials follow the driver; without one the CLI shows our sentence', async () => {
  seat.setPerson(null);
  const refused = await shell.aws('sts', 'get-caller-identity');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('Take the keyboard in the page');
  expect(refused.stderr).toContain('NobodyDrives');
  expect(await seat.identity()).toBeNull();

  seat.setPerson('secondsecondseco');
  const other = await json('sts', 'get-caller-identity');
  expect(other.Arn).toContain('/secondsecondseco.see-whats-running.');
  seat.setPerson('personpersonpers');
});

test('CRED-2 one mint serves every call of a person at a seat, and the ledger has no secret', async () => {
  await json('ecs', 'list-clusters');
  expect(mints.filter((m) => m.who === 'personpersonpers')).toHaveLength(1);
  expect(mints[0]).toMatchObject({
    lab: 'see-whats-running',
    role: account.roleArn,
    policySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const entries = JSON.stringify([mints, practice.log.entries, await practice.world.calls(0)]);
  const given = await fetch(shell.env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '', {
    headers: { authorization: shell.env.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '' },
  }).then((response) => response.json());
  expect(given.AccessKeyId).toBe(mints[0]?.accessKeyId);
  expect(entries).not.toContain(given.SecretAccessKey);
  expect(entries).not.toContain(given.Token);
  expect(entries).not.toContain(account.externalId);
});

test('CRED-3 a wrong token gets 403 and nothing else', async () => {
  const response = await fetch(shell.env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '', {
    headers: { authorization: 'guess' },
  });
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({
    code: 'WrongToken',
    message: expect.stringContaining('この練習環境からの要求ではありません'),
  });
});

test('AWS-7 a body beyond 1 MiB is refused with 413 before it is sent', async () => {
  const { hostname, port } = new URL(shell.env.AWS_ENDPOINT_URL ?? '');
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-length': String(1024 * 1024 + 1) };
    const outgoing = request({ hostname, port, method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
      outgoing.destroy();
    });
    outgoing.on('error', reject);
    outgoing.write('the rest never comes');
  });
  expect(status).toBe(413);
});
