import { createHmac } from 'node:crypto';
import type { IamSeed, PolicyDocument, WorldSeed } from './practice/world.ts';

export const LEARNER_ROLE = 'LabLearner-basic';
const BROKER_USER = 'LabBroker';
const MAX_SESSION_SECONDS = 3_600;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What the vendor needs to know of an account. */
export interface PracticeAccount {
  readonly accountId: string;
  readonly iam: IamSeed;
  readonly broker: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly externalId: string;
  readonly roleArn: string;
}

/**
 * The account in which every practice world begins: the same users, roles, boundary and SCP as the
 * template for a real account. `random` is the seed's secret; keys and ids are drawn from it.
 */
export function practiceAccount(random: string, region: string): PracticeAccount {
  const draw = (label: string, length: number) =>
    createHmac('sha512', Buffer.from(random, 'hex')).update(`account:${label}`).digest().subarray(0, length);
  const accountId = `${1 + ((draw('first', 1)[0] ?? 0) % 9)}${Array.from(draw('id', 11), (byte) => byte % 10).join('')}`;
  const broker = {
    accessKeyId: `AKIA${Array.from(draw('broker-key', 16), (byte) => BASE32[byte & 31]).join('')}`,
    secretAccessKey: draw('broker-secret', 30).toString('base64'),
  };
  const externalId = draw('external-id', 16).toString('hex');
  const brokerArn = `arn:aws:iam::${accountId}:user/${BROKER_USER}`;
  return {
    accountId,
    broker,
    externalId,
    roleArn: `arn:aws:iam::${accountId}:role/lab/${LEARNER_ROLE}`,
    iam: {
      users: [{ name: BROKER_USER, ...broker, policies: { broker: brokerPolicy(accountId) } }],
      roles: [
        {
          name: LEARNER_ROLE,
          path: '/lab/',
          maxSessionSeconds: MAX_SESSION_SECONDS,
          trust: trustPolicy(brokerArn, externalId),
          policies: { operate: OPERATE },
          boundary: boundary(accountId),
        },
      ],
      scp: [FULL_ACCESS, regionLock(region)],
    },
  };
}

/** A whole seed: the account, and what a lab puts into it. */
export function practiceSeed(options: {
  readonly random: string;
  readonly region: string;
  readonly ecs: WorldSeed['ecs'];
}): WorldSeed {
  const { random, region, ecs } = options;
  const { accountId, iam } = practiceAccount(random, region);
  return { region, accountId, random, iam, ecs };
}

function brokerPolicy(accountId: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'HandOutLabSessions',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Resource: `arn:aws:iam::${accountId}:role/lab/*`,
      },
    ],
  };
}

function trustPolicy(brokerArn: string, externalId: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'BrokerAlone',
        Effect: 'Allow',
        Principal: { AWS: brokerArn },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'sts:ExternalId': externalId },
          StringLike: { 'sts:SourceIdentity': '?*' },
        },
      },
      {
        Sid: 'NamedAndTagged',
        Effect: 'Allow',
        Principal: { AWS: brokerArn },
        Action: ['sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: {
          StringLike: { 'sts:SourceIdentity': '?*' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['learner', 'lab', 'run'] },
        },
      },
    ],
  };
}

/** What operating means here: look everywhere, change what is there, nothing that costs or lasts. */
const OPERATE: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Look',
      Effect: 'Allow',
      Action: [
        'sts:GetCallerIdentity',
        'ecs:Describe*',
        'ecs:List*',
        'logs:Describe*',
        'logs:Get*',
        'logs:FilterLogEvents',
        'logs:StartQuery',
        'logs:StopQuery',
        'logs:StartLiveTail',
        'cloudwatch:Describe*',
        'cloudwatch:Get*',
        'cloudwatch:List*',
        'cloudtrail:LookupEvents',
        'ec2:Describe*',
        'ecr:Describe*',
        'ecr:List*',
        'elasticloadbalancing:Describe*',
        'iam:Get*',
        'iam:List*',
        'rds:Describe*',
        's3:ListAllMyBuckets',
        's3:ListBucket',
        's3:GetObject',
        'ssm:Describe*',
        'ssm:GetParameter*',
      ],
      Resource: '*',
    },
    {
      Sid: 'Operate',
      Effect: 'Allow',
      Action: ['ecs:UpdateService', 'ecs:RunTask', 'ecs:StopTask'],
      Resource: '*',
    },
    {
      Sid: 'OwnAlarms',
      Effect: 'Allow',
      Action: [
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DeleteAlarms',
        'logs:PutMetricFilter',
        'logs:DeleteMetricFilter',
      ],
      Resource: ['arn:aws:cloudwatch:*:*:alarm:lab-*', 'arn:aws:logs:*:*:log-group:lab-*'],
    },
  ],
};

/** The edge of a learner, whatever a role or a lab says: everything but what is denied by name. */
function boundary(accountId: string): PolicyDocument {
  const deny = (Sid: string, Action: readonly string[]) =>
    ({ Sid, Effect: 'Deny', Action, Resource: '*' }) as const;
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Edge', Effect: 'Allow', Action: '*', Resource: '*' },
      deny('NoIdentityChange', [
        'iam:Add*',
        'iam:Attach*',
        'iam:Change*',
        'iam:Create*',
        'iam:Deactivate*',
        'iam:Delete*',
        'iam:Detach*',
        'iam:Enable*',
        'iam:Put*',
        'iam:Remove*',
        'iam:Reset*',
        'iam:Resync*',
        'iam:Set*',
        'iam:Tag*',
        'iam:Untag*',
        'iam:Update*',
        'iam:Upload*',
        'sts:AssumeRole*',
        'sts:AssumeRoot',
        'sts:GetFederationToken',
        'sts:GetScopedCredentials',
        'organizations:*',
        'account:*',
        'sso:*',
        'sso-directory:*',
        'identitystore:*',
      ]),
      {
        Sid: 'NoPassRole',
        Effect: 'Deny',
        Action: 'iam:PassRole',
        NotResource: `arn:aws:iam::${accountId}:role/lab/task-*`,
      },
      {
        Sid: 'PassRoleToTasksOnly',
        Effect: 'Deny',
        Action: 'iam:PassRole',
        Resource: '*',
        Condition: { StringNotEqualsIfExists: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      deny('NoEscalation', [
        'lambda:Update*',
        'lambda:Create*',
        'lambda:AddPermission',
        'ecs:RegisterTaskDefinition',
        'ecs:ExecuteCommand',
        'ssm:SendCommand',
        'ssm:StartSession',
        'kms:PutKeyPolicy',
        'kms:CreateGrant',
        's3:PutBucketPolicy',
        'sns:AddPermission',
        'sqs:AddPermission',
        'ecr:SetRepositoryPolicy',
        'secretsmanager:PutResourcePolicy',
        'logs:PutResourcePolicy',
        'cloudformation:*',
      ]),
      deny('NoCoveringOfTracks', [
        'cloudtrail:Delete*',
        'cloudtrail:Put*',
        'cloudtrail:Stop*',
        'cloudtrail:Update*',
        'config:Delete*',
        'config:Put*',
        'config:Stop*',
        'guardduty:Delete*',
        'guardduty:Disassociate*',
        'guardduty:Stop*',
        'guardduty:Update*',
        'logs:DeleteLogGroup',
        'logs:DeleteLogStream',
        'logs:PutRetentionPolicy',
      ]),
      deny('NoSpending', [
        'aws-marketplace:*',
        'bedrock:*',
        'sagemaker:*',
        'savingsplans:Create*',
        'ec2:Purchase*',
        'ec2:RunInstances',
        'ec2:CreateNatGateway',
        'rds:Purchase*',
        'rds:Create*',
        'elasticache:Create*',
        'redshift:Create*',
        'opensearch:Create*',
        'es:Create*',
        'route53domains:*',
      ]),
      deny('NothingIrrevocable', [
        's3:PutObjectRetention',
        's3:PutObjectLegalHold',
        's3:PutBucketObjectLockConfiguration',
        'glacier:InitiateVaultLock',
        'glacier:CompleteVaultLock',
        'backup:PutBackupVaultLockConfiguration',
        'kms:ScheduleKeyDeletion',
        'kms:DisableKey',
      ]),
    ],
  };
}

const FULL_ACCESS: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'FullAWSAccess', Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Global services are signed for us-east-1 wherever one is: without the exemption they break in Tokyo. */
function regionLock(region: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OneRegion',
        Effect: 'Deny',
        NotAction: [
          'iam:*',
          'sts:*',
          'organizations:*',
          'account:*',
          'route53:*',
          'cloudfront:*',
          'globalaccelerator:*',
          'waf:*',
          'shield:*',
          'support:*',
          'health:*',
          'budgets:*',
          'ce:*',
          's3:ListAllMyBuckets',
          's3:GetBucketLocation',
        ],
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:RequestedRegion': region } },
      },
    ],
  };
}
