import { expect, test } from 'vitest';
import { evaluate } from '../../../server/aws/practice/iam/evaluate.ts';
import type { PolicyDocument } from '../../../server/aws/practice/policy-document.ts';
import { practiceAccount } from '../../../server/aws/practice-account.ts';

const account = practiceAccount('ab'.repeat(32), 'ap-northeast-1');
const ALL: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};
const boundary = account.iam.roles[0]?.boundary ?? ALL;

/** A learner whose role and lab allow everything: what is left is the fence itself. */
function decide(action: string, resource = '*', keys: Record<string, string> = {}) {
  const context = new Map(
    Object.entries({ 'aws:requestedregion': 'ap-northeast-1', ...keys }).map(([key, value]) => [
      key,
      [value],
    ]),
  );
  return evaluate(
    { scp: account.iam.scp, identity: [ALL], boundary, session: ALL },
    { action, resource, context },
  );
}

test.each([
  ['iam:CreateUser', 'NoIdentityChange'],
  ['iam:PutRolePolicy', 'NoIdentityChange'],
  ['iam:DeleteRolePermissionsBoundary', 'NoIdentityChange'],
  ['sts:AssumeRole', 'NoIdentityChange'],
  ['sts:AssumeRoleWithWebIdentity', 'NoIdentityChange'],
  ['sts:GetFederationToken', 'NoIdentityChange'],
  ['sts:GetScopedCredentials', 'NoIdentityChange'],
  ['organizations:LeaveOrganization', 'NoIdentityChange'],
  ['lambda:UpdateFunctionCode', 'NoEscalation'],
  ['ecs:RegisterTaskDefinition', 'NoEscalation'],
  ['ecs:ExecuteCommand', 'NoEscalation'],
  ['ssm:SendCommand', 'NoEscalation'],
  ['kms:PutKeyPolicy', 'NoEscalation'],
  ['s3:PutBucketPolicy', 'NoEscalation'],
  ['cloudtrail:StopLogging', 'NoCoveringOfTracks'],
  ['guardduty:DeleteDetector', 'NoCoveringOfTracks'],
  ['config:StopConfigurationRecorder', 'NoCoveringOfTracks'],
  ['bedrock:InvokeModel', 'NoSpending'],
  ['sagemaker:CreateEndpoint', 'NoSpending'],
  ['ec2:CreateNatGateway', 'NoSpending'],
  ['ec2:PurchaseReservedInstancesOffering', 'NoSpending'],
  ['rds:CreateDBInstance', 'NoSpending'],
  ['s3:PutObjectRetention', 'NothingIrrevocable'],
  ['backup:PutBackupVaultLockConfiguration', 'NothingIrrevocable'],
  ['kms:ScheduleKeyDeletion', 'NothingIrrevocable'],
])('ACC-1 the boundary denies %s whatever a role and a lab allow', (action, sid) => {
  expect(decide(action)).toEqual({ allowed: false, layer: 'boundary', effect: 'explicit', sid });
});

test('ACC-2 a role may be passed to ECS tasks of labs, and to nothing else', () => {
  const role = `arn:aws:iam::${account.accountId}:role/`;
  const toTasks = { 'iam:passedtoservice': 'ecs-tasks.amazonaws.com' };
  expect(decide('iam:PassRole', `${role}lab/task-web`, toTasks).allowed).toBe(true);
  expect(decide('iam:PassRole', `${role}admin`, toTasks).allowed).toBe(false);
  expect(
    decide('iam:PassRole', `${role}lab/task-web`, { 'iam:passedtoservice': 'lambda.amazonaws.com' }).allowed,
  ).toBe(false);
});

test('ACC-3 another region is closed by the SCP, but for what is global', () => {
  const virginia = { 'aws:requestedregion': 'us-east-1' };
  expect(decide('ecs:ListClusters', '*', virginia)).toMatchObject({
    layer: 'scp',
    effect: 'explicit',
    sid: 'OneRegion',
  });
  expect(decide('iam:GetRole', '*', virginia).allowed).toBe(true);
  expect(decide('ecs:ListClusters').allowed).toBe(true);
});

test('ACC-4 keys, ids and the external id are drawn from the secret seed alone', () => {
  const other = practiceAccount('cd'.repeat(32), 'ap-northeast-1');
  expect(practiceAccount('ab'.repeat(32), 'ap-northeast-1')).toEqual(account);
  expect(account.accountId).toMatch(/^[1-9]\d{11}$/);
  expect(account.broker.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(other.accountId).not.toBe(account.accountId);
  expect(other.broker.secretAccessKey).not.toBe(account.broker.secretAccessKey);
  expect(other.externalId).not.toBe(account.externalId);
});
