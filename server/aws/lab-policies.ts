/** The statements around learners: the same for practice AWS and for the template of a real account. */
import type { PolicyDocument } from './practice/policy-document.ts';

export function brokerPolicy(accountId: string): PolicyDocument {
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

export function trustPolicy(brokerArn: string, externalId: string): PolicyDocument {
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
export const OPERATE: PolicyDocument = {
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
export function boundary(accountId: string): PolicyDocument {
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

export const FULL_ACCESS: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'FullAWSAccess', Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Global services are signed for us-east-1 wherever one is: without the exemption they break in Tokyo. */
export function regionLock(region: string): PolicyDocument {
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
