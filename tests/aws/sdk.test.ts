import {
  DescribeServicesCommand,
  ECSClient,
  type ECSClientConfig,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  paginateListTaskDefinitions,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilePolicy } from '../../server/aws/policy.ts';
import { readClaim, signatureOf } from '../../server/aws/practice/sigv4.ts';
import type { WireRequest, WireResponse, World } from '../../server/aws/practice/world.ts';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import { wallClock } from '../../server/lib/clock.ts';
import {
  ALLOW,
  account,
  OPERATOR,
  openPractice,
  type Practice,
  REGION,
  RUNNING,
  SVC,
  vendorFor,
} from './support.ts';

const MINUTE = 60_000;
const CLUSTER = 'hoiku-prod';
let practice: Practice;

beforeAll(async () => {
  practice = await openPractice();
});
afterAll(() => practice[Symbol.asyncDispose]());

type Change = (request: WireRequest) => WireRequest;

/** A client of the SDK whose signed requests may be changed on their way. */
function ecs(credentials: ECSClientConfig['credentials'] = OPERATOR, change: Change = (r) => r): ECSClient {
  const world: Pick<World, 'handle'> = { handle: (request) => practice.world.handle(change(request)) };
  return new ECSClient({
    region: REGION,
    maxAttempts: 1,
    requestHandler: practiceRequestHandler(world, wallClock),
    ...(credentials && { credentials }),
  });
}

function sts(credentials = account.broker): STSClient {
  return new STSClient({
    region: REGION,
    maxAttempts: 1,
    credentials,
    requestHandler: practiceRequestHandler(practice.world, wallClock),
  });
}

const list = () => new ListTasksCommand({ cluster: CLUSTER });

async function learner(allow: readonly string[] = ALLOW) {
  const policy = compilePolicy({ file: 'lab.yaml', allow });
  const minted = await vendorFor(practice.world).mint({ person: 'mari', lab: 'lab', seat: 'seat', policy });
  return { ...minted, sessionToken: minted.sessionToken };
}

test('ECS-1 pages follow one another to the end, without a gap or a double', async () => {
  const client = ecs();
  const whole = await client.send(new ListTaskDefinitionsCommand({}));
  const pages: string[] = [];
  for await (const page of paginateListTaskDefinitions({ client, pageSize: 5 }, {})) {
    pages.push(...(page.taskDefinitionArns ?? []));
  }
  expect(pages).toEqual(whole.taskDefinitionArns);
  expect(pages.length).toBeGreaterThan(5);
  await expect(client.send(new ListTaskDefinitionsCommand({ nextToken: 'guess' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('ECS-2 errors have the names, sentences and request ids of ECS', async () => {
  const client = ecs();
  await expect(client.send(new ListTasksCommand({ cluster: 'nowhere' }))).rejects.toMatchObject({
    name: 'ClusterNotFoundException',
    message: 'Cluster not found.',
    $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  await expect(
    client.send(new UpdateServiceCommand({ cluster: CLUSTER, service: 'nothing', desiredCount: 1 })),
  ).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
  await expect(
    client.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [] })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'Services cannot be empty.',
  });
  await expect(client.send(new RunTaskCommand({ taskDefinition: SVC }))).rejects.toMatchObject({
    name: 'NotInPracticeAws',
  });
});

test('ECS-3 UpdateService changes the world: a scaling, then a deployment that replaces tasks', async () => {
  const client = ecs();
  const describe = async () =>
    (await client.send(new DescribeServicesCommand({ cluster: CLUSTER, services: ['worker-mail'] })))
      .services?.[0];
  const before = await describe();
  const scaled = await client.send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', desiredCount: 4 }),
  );
  expect(before?.desiredCount).toBe(2);
  expect(scaled.service).toMatchObject({ desiredCount: 4, runningCount: 2 });

  await client.send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: 'worker-mail', forceNewDeployment: true }),
  );
  const rolling = await describe();
  expect(rolling?.deployments?.map((d) => [d.status, d.rolloutState])).toEqual([
    ['PRIMARY', 'IN_PROGRESS'],
    ['ACTIVE', 'COMPLETED'],
  ]);
  expect(rolling?.deployments?.[0]?.desiredCount).toBe(4);
});

test('ECS-4 what a fault keeps from starting never runs, however often it is deployed', async () => {
  const client = ecs();
  const { service } = await client.send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: SVC, forceNewDeployment: true }),
  );
  expect(service?.runningCount).toBe(RUNNING);
  expect(service?.deployments?.[0]).toMatchObject({ rolloutState: 'IN_PROGRESS', runningCount: 0 });
});

test('SIG-5 a changed body, a changed signature, a late and an early request are refused in the words of AWS', async () => {
  const refused = (change: Change) => expect(ecs(OPERATOR, change).send(list())).rejects;
  const wrong = {
    name: 'InvalidSignatureException',
    message: expect.stringContaining('does not match the signature'),
  };
  await refused((r) => ({ ...r, body: Buffer.from('{"cluster":"other"}') })).toMatchObject(wrong);
  await refused((r) => ({
    ...r,
    headers: { ...r.headers, authorization: `${(r.headers.authorization ?? '').slice(0, -4)}0000` },
  })).toMatchObject(wrong);
  await refused((r) => ({
    ...r,
    headers: { ...r.headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteService' },
  })).toMatchObject(wrong);
  await refused((r) => ({ ...r, receivedAt: r.receivedAt + 6 * MINUTE })).toMatchObject({
    message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/),
  });
  await refused((r) => ({ ...r, receivedAt: r.receivedAt - 6 * MINUTE })).toMatchObject({
    message: expect.stringMatching(/^Signature not yet current: .* \+ 5 min\.\)$/),
  });
  await refused((r) => ({
    ...r,
    headers: { host: r.headers.host ?? '', 'x-amz-target': r.headers['x-amz-target'] ?? '' },
  })).toMatchObject({
    name: 'MissingAuthenticationTokenException',
  });
  await refused((r) => ({
    ...r,
    headers: { ...r.headers, authorization: (r.headers.authorization ?? '').replace('/ecs/', '/logs/') },
  })).toMatchObject({
    message: expect.stringContaining("Credential should be scoped to correct service: 'ecs'"),
  });
});

test('SIG-6 a session’s token must be there, and be its own; an unknown key is nobody', async () => {
  const [mari, ken] = await Promise.all([learner(), learner(['sts:GetCallerIdentity'])]);
  const invalid = {
    name: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  };
  const { sessionToken: _, ...tokenless } = mari;
  await expect(ecs(tokenless).send(list())).rejects.toMatchObject(invalid);
  await expect(ecs({ ...mari, sessionToken: ken.sessionToken }).send(list())).rejects.toMatchObject(invalid);
  await expect(ecs({ ...OPERATOR, sessionToken: 'x' }).send(list())).rejects.toMatchObject(invalid);
  await expect(ecs({ ...OPERATOR, accessKeyId: 'AKIANOBODYNOBODYNOBO' }).send(list())).rejects.toMatchObject(
    invalid,
  );
  await expect(ecs(mari).send(list())).resolves.toMatchObject({ taskArns: expect.any(Array) });
});

test('SIG-7 credentials end when they say', async () => {
  const mari = await learner();
  // Signed and received an hour later: the client's clock and the world's agree that time has passed.
  const client = new ECSClient({
    region: REGION,
    maxAttempts: 1,
    credentials: mari,
    systemClockOffset: 61 * MINUTE,
    requestHandler: practiceRequestHandler(practice.world, {
      ...wallClock,
      now: () => Date.now() + 61 * MINUTE,
    }),
  });
  await expect(client.send(list())).rejects.toMatchObject({
    name: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  });
});

test('SIG-8 a presigned GetCallerIdentity works until it expires', async () => {
  const amzDate = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const scope = {
    accessKeyId: OPERATOR.accessKeyId,
    date: amzDate.slice(0, 8),
    region: REGION,
    service: 'sts',
  };
  const credential = encodeURIComponent(`${scope.accessKeyId}/${scope.date}/${REGION}/sts/aws4_request`);
  const unsigned: WireRequest = {
    method: 'GET',
    path: `/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=${amzDate}&X-Amz-Expires=60&X-Amz-SignedHeaders=host`,
    headers: { host: 'sts.amazonaws.com' },
    body: new Uint8Array(),
    receivedAt: Date.now(),
  };
  const claim = {
    presigned: true,
    scope,
    amzDate,
    signedHeaders: ['host'],
    signature: '',
    token: null,
    expiresSeconds: 60,
  };
  const signature = signatureOf(unsigned, claim, OPERATOR.secretAccessKey);
  const request = { ...unsigned, path: `${unsigned.path}&X-Amz-Signature=${signature}` };
  const text = (response: WireResponse) => `${response.status} ${Buffer.from(response.body).toString()}`;
  expect(text(await practice.world.handle(request))).toContain(
    `<Arn>arn:aws:iam::${account.accountId}:user/operator</Arn>`,
  );
  expect(text(await practice.world.handle({ ...request, receivedAt: Date.now() + 2 * MINUTE }))).toMatch(
    /^403 .*<Code>RequestExpired</,
  );
  expect(text(await practice.world.handle({ ...request, path: `${request.path}&x=1` }))).toMatch(
    /^403 .*<Code>SignatureDoesNotMatch</,
  );
});

test('STS-1 the broker may assume the learner role only as the trust policy says', async () => {
  const asked = {
    RoleArn: account.roleArn,
    RoleSessionName: 'mari.lab.seat',
    ExternalId: account.externalId,
    SourceIdentity: 'mari',
    DurationSeconds: 900,
  };
  const refused = (over: object, credentials = account.broker) =>
    expect(sts(credentials).send(new AssumeRoleCommand({ ...asked, ...over }))).rejects;
  const denied = {
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${account.accountId}:user/LabBroker is not authorized to perform: sts:AssumeRole on resource: ${account.roleArn}`,
  };
  await refused({ ExternalId: 'guess' }).toMatchObject(denied);
  await refused({ SourceIdentity: undefined }).toMatchObject(denied);
  await refused({ Tags: [{ Key: 'admin', Value: 'yes' }] }).toMatchObject({ name: 'AccessDenied' });
  await refused({ RoleArn: account.roleArn.replace('basic', 'none') }).toMatchObject({
    name: 'AccessDenied',
  });
  await refused({}, OPERATOR).toMatchObject({ name: 'AccessDenied' });
  await refused({ DurationSeconds: 899 }).toMatchObject({ name: 'ValidationError' });
  await refused({ DurationSeconds: 3601 }).toMatchObject({
    message: expect.stringContaining('MaxSessionDuration'),
  });
  await refused({ RoleSessionName: 'a b' }).toMatchObject({ name: 'ValidationError' });
  await refused({ Policy: '{}' }).toMatchObject({ name: 'MalformedPolicyDocumentException' });
  await refused({ Policy: '一覧' }).toMatchObject({ name: 'ValidationError' });
  await refused({ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }).toMatchObject({
    name: 'NotInPracticeAws',
  });

  const given = await sts().send(
    new AssumeRoleCommand({ ...asked, Policy: compilePolicy({ file: 'f', allow: ALLOW }).text }),
  );
  expect(given.SourceIdentity).toBe('mari');
  expect(given.PackedPolicySize).toBeGreaterThan(0);
  expect(given.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
});

test('STS-2 a learner can assume nothing, and still ask who they are', async () => {
  const mari = await learner(['ecs:List*']);
  const client = new STSClient({
    region: REGION,
    maxAttempts: 1,
    credentials: mari,
    requestHandler: practiceRequestHandler(practice.world, wallClock),
  });
  expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toBe(mari.assumedRoleArn);
  await expect(
    client.send(new AssumeRoleCommand({ RoleArn: account.roleArn, RoleSessionName: 'again' })),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('with an explicit deny in a permissions boundary'),
  });
});

test('WORLD-1 checks read with the world’s own rights, and only read', async () => {
  const seen = await practice.world.inspect('ecs:DescribeServices', { cluster: CLUSTER, services: [SVC] });
  expect(seen).toMatchObject({ services: [{ serviceName: SVC, runningCount: RUNNING }], failures: [] });
  await expect(
    practice.world.inspect('ecs:UpdateService', { cluster: CLUSTER, service: SVC }),
  ).rejects.toThrow('only read');
  await expect(practice.world.inspect('sts:AssumeRole', {})).rejects.toThrow('only read');
});

test('WORLD-2 the ledger numbers what it saw and tells listeners; the learner’s calls are theirs', async () => {
  const heard: string[] = [];
  const off = practice.world.onCall((call) => heard.push(`${call.by} ${call.action} ${call.outcome}`));
  const since = (await practice.world.calls(0)).at(-1)?.n ?? 0;
  await ecs(await learner()).send(list());
  await ecs({ ...OPERATOR, accessKeyId: 'AKIANOBODYNOBODYNOBO' })
    .send(list())
    .catch(() => undefined);
  off();
  await ecs().send(list());
  expect(heard).toEqual(['dojou sts:AssumeRole ok', 'learner ecs:ListTasks ok', 'dojou ecs:ListTasks error']);
  const calls = await practice.world.calls(since);
  expect(calls.map((call) => call.n - since)).toEqual([1, 2, 3, 4]);
  expect(calls[1]?.params).toEqual({ cluster: CLUSTER });
});

test('WORLD-6 hostile requests get an answer and leave the worker alive', async () => {
  const post = (headers: Record<string, string>, body: string, path = '/') =>
    practice.world.handle({
      method: 'POST',
      path,
      headers: { host: 'h', ...headers },
      body: Buffer.from(body),
      receivedAt: Date.now(),
    });
  const credential = (service: string) =>
    `AWS4-HMAC-SHA256 Credential=${OPERATOR.accessKeyId}/20261123/${REGION}/${service}/aws4_request, SignedHeaders=constructor;host, Signature=0`;
  const answers = await Promise.all([
    post({}, 'x'.repeat(1024 * 1024 + 1)),
    post({ 'x-big': 'x'.repeat(40_000) }, ''),
    post({ authorization: 'Credential='.repeat(2_900) }, ''),
    post({ 'x-amz-target': 'constructor.ListClusters' }, '{}'),
    post(
      {
        'x-amz-target': '__proto__.x',
        authorization: credential('constructor'),
        'x-amz-date': '20261123T000000Z',
      },
      '{}',
    ),
    post({ authorization: credential('constructor'), 'x-amz-date': '20261123T000000Z' }, ''),
    post({}, '', '/%E0%A4%A?X-Amz-Signature=%'),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([413, 400, 403, 400, 400, 400, 403]);

  const nested =
    (body: string): Change =>
    (request) =>
      ecsSigned(request, body);
  await expect(
    ecs(OPERATOR, nested(`{"cluster":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).send(list()),
  ).rejects.toMatchObject({
    name: 'SerializationException',
  });
  await expect(
    ecs(OPERATOR, nested('{"cluster":["x"],"maxResults":"many"}')).send(list()),
  ).rejects.toMatchObject({
    name: 'SerializationException',
  });
  await expect(ecs().send(list())).resolves.toMatchObject({ taskArns: expect.any(Array) });
});

/** The same request with another body, signed anew: what a hand-written client could send. */
function ecsSigned(request: WireRequest, body: string): WireRequest {
  const { 'x-amz-content-sha256': _, 'content-length': __, ...headers } = request.headers;
  const changed = { ...request, headers, body: Buffer.from(body) };
  const parsed = readClaim(changed);
  if (parsed.kind !== 'claim') throw new Error('The client did not sign.');
  const signedHeaders = parsed.claim.signedHeaders.filter((name) => name in headers);
  const signature = signatureOf(changed, { ...parsed.claim, signedHeaders }, OPERATOR.secretAccessKey);
  const { accessKeyId, date, region, service } = parsed.claim.scope;
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${date}/${region}/${service}/aws4_request, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { ...changed, headers: { ...headers, authorization } };
}
