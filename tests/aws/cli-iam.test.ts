import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import type { SeatAws } from '../../server/aws/seat-aws.ts';
import { wallClock } from '../../server/lib/clock.ts';
import { account, OPERATOR, openPractice, type Practice, type Shell, seatFor, shellFor } from './support.ts';

const ROLE = 'LabLearner-basic';
const BOUNDARY = `arn:aws:iam::${account.accountId}:policy/lab/${ROLE}-boundary`;
let practice: Practice;
let seat: SeatAws;
let shell: Shell;
let iam: IAMClient;

beforeAll(async () => {
  practice = await openPractice();
  seat = seatFor(practice.world, {
    allow: ['iam:Get*', 'iam:List*', 'iam:Simulate*', 'sts:GetCallerIdentity', 'ecs:List*'],
  });
  shell = await shellFor(seat);
  iam = new IAMClient({
    region: 'us-east-1',
    credentials: OPERATOR,
    requestHandler: practiceRequestHandler(practice.world, wallClock),
    maxAttempts: 1,
  });
});

afterAll(async () => {
  iam.destroy();
  seat[Symbol.dispose]();
  await shell[Symbol.asyncDispose]();
  await practice[Symbol.asyncDispose]();
});

async function json(...args: string[]) {
  const result = await shell.aws('iam', ...args);
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout);
}

test('IAMS-1 the real CLI reads roles, users and their policies', async () => {
  const named = ['--role-name', ROLE] as const;
  const user = ['--user-name', 'LabBroker'] as const;
  const [role, roles, names, policy, attached, someone, users, userNames, userPolicy] = await Promise.all([
    json('get-role', ...named),
    json('list-roles'),
    json('list-role-policies', ...named),
    json('get-role-policy', ...named, '--policy-name', 'operate'),
    json('list-attached-role-policies', ...named),
    json('get-user', ...user),
    json('list-users'),
    json('list-user-policies', ...user),
    json('get-user-policy', ...user, '--policy-name', 'broker'),
  ]);
  expect(role.Role).toMatchObject({
    Arn: account.roleArn,
    RoleId: expect.stringMatching(/^AROA/),
    AssumeRolePolicyDocument: { Version: '2012-10-17' },
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: BOUNDARY },
  });
  expect(roles.Roles[0].RoleName).toBe(ROLE);
  expect(names.PolicyNames).toEqual(['operate']);
  expect(policy.PolicyDocument).toEqual(account.iam.roles[0]?.policies.operate);
  expect(attached.AttachedPolicies).toEqual([]);
  expect(someone.User.UserId).toMatch(/^AIDA/);
  expect(users.Users.map((u: { UserName: string }) => u.UserName)).toEqual(['LabBroker', 'operator']);
  expect(userNames.PolicyNames).toEqual(['broker']);
  expect(userPolicy.PolicyDocument.Statement[0].Sid).toBe('HandOutLabSessions');
});

test('IAMS-2 a boundary is a managed policy with one version', async () => {
  const [list, policy, version] = await Promise.all([
    json('list-policies', '--scope', 'Local'),
    json('get-policy', '--policy-arn', BOUNDARY),
    json('get-policy-version', '--policy-arn', BOUNDARY, '--version-id', 'v1'),
  ]);
  expect(list.Policies.map((p: { Arn: string }) => p.Arn)).toEqual([BOUNDARY]);
  expect(policy.Policy).toMatchObject({ DefaultVersionId: 'v1', PermissionsBoundaryUsageCount: 1 });
  expect(version.PolicyVersion.Document).toEqual(account.iam.roles[0]?.boundary);
});

test('IAMS-3 lists go by Marker, and what is absent is NoSuchEntity', async () => {
  const first = await iam.send(new ListUsersCommand({ MaxItems: 1 }));
  const second = await iam.send(new ListUsersCommand({ MaxItems: 1, Marker: first.Marker }));
  expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  expect([...(first.Users ?? []), ...(second.Users ?? [])].map((u) => u.UserName)).toEqual([
    'LabBroker',
    'operator',
  ]);
  await expect(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
    message: 'The role with name nobody cannot be found.',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(
    iam.send(new GetRolePolicyCommand({ RoleName: ROLE, PolicyName: 'constructor' })),
  ).rejects.toMatchObject({ message: 'The role policy with name constructor cannot be found.' });
  await expect(iam.send(new ListRolesCommand({ MaxItems: 1001 }))).rejects.toMatchObject({
    message: expect.stringContaining("Value '1001' at 'maxItems'"),
  });
  expect((await iam.send(new GetUserCommand({}))).User?.UserName).toBe('operator');
});

test('IAMS-4 simulations decide as calls do, with the layers told apart', async () => {
  const may = { Effect: 'Allow', Action: 'iam:Simulate*', Resource: '*' };
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: ROLE,
      PolicyName: 'simulate',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: may }),
    }),
  );
  const cli = await json(
    'simulate-principal-policy',
    '--policy-source-arn',
    account.roleArn,
    '--action-names',
    'ecs:UpdateService',
    'iam:CreateUser',
    's3:PutObject',
    '--context-entries',
    'ContextKeyName=aws:RequestedRegion,ContextKeyValues=ap-northeast-1,ContextKeyType=string',
  );
  expect(cli.EvaluationResults.map((r: { EvalDecision: string }) => r.EvalDecision)).toEqual([
    'allowed',
    'explicitDeny',
    'implicitDeny',
  ]);
  expect(cli.EvaluationResults[1]).toMatchObject({
    OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
  const mine = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::a/*' },
  });
  const custom = await json(
    'simulate-custom-policy',
    '--policy-input-list',
    mine,
    '--action-names',
    's3:GetObject',
    '--resource-arns',
    'arn:aws:s3:::a/x',
    'arn:aws:s3:::b/x',
  );
  expect(custom.EvaluationResults.map((r: { EvalDecision: string }) => r.EvalDecision)).toEqual([
    'allowed',
    'implicitDeny',
  ]);
  await expect(
    iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `${account.roleArn}x`,
        ActionNames: ['s3:GetObject'],
      }),
    ),
  ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  await expect(
    iam.send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: [mine],
        ActionNames: Array(300).fill('s3:GetObject'),
        ResourceArns: ['x'.repeat(2_000)],
      }),
    ),
  ).rejects.toMatchObject({ name: 'NotInPracticeAws' });
});

test('IAMS-5 a role policy ends the sessions of one person that began before, and only those', async () => {
  expect((await shell.aws('ecs', 'list-clusters')).code).toBe(0);
  const revoke = (who: string) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: ROLE,
        PolicyName: 'revoked',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'Revoked',
              Effect: 'Deny',
              Action: '*',
              Resource: '*',
              Condition: {
                StringEquals: { 'aws:SourceIdentity': who },
                DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() + 1_000).toISOString() },
              },
            },
          ],
        }),
      }),
    );
  await revoke('somebodyelse');
  expect((await shell.aws('ecs', 'list-clusters')).code).toBe(0);
  await revoke('personpersonpers');
  expect((await shell.aws('ecs', 'list-clusters')).stderr).toContain(
    'with an explicit deny in an identity-based policy',
  );
  const denied = (await practice.world.calls(0)).at(-1);
  expect(denied?.denial).toMatchObject({ layer: 'identity', effect: 'explicit', sid: 'Revoked' });

  const revoked = { RoleName: ROLE, PolicyName: 'revoked' };
  await iam.send(new DeleteRolePolicyCommand(revoked));
  expect((await shell.aws('ecs', 'list-clusters')).code).toBe(0);
  await expect(iam.send(new DeleteRolePolicyCommand(revoked))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
  expect(practice.log.entries.map((entry) => entry.op)).toEqual(
    expect.arrayContaining(['iam:PutRolePolicy', 'iam:DeleteRolePolicy']),
  );
});

test('IAMS-6 a policy that is wrong or too large changes nothing; a learner changes none at all', async () => {
  const put = (PolicyDocument: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'big', PolicyDocument }));
  await expect(put('{')).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
  const large = {
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Action: 's3:*', Resource: `arn:aws:s3:::${'x'.repeat(10_240)}` },
  };
  await expect(put(JSON.stringify(large))).rejects.toMatchObject({ name: 'LimitExceededException' });
  const learner = await shell.aws(
    'iam',
    'delete-role-policy',
    '--role-name',
    ROLE,
    '--policy-name',
    'operate',
  );
  expect(learner.stderr).toContain('with an explicit deny in a permissions boundary');
});
