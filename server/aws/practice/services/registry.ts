import type { Operation, Service } from '../operation.ts';
import type { Target } from '../wire/protocol.ts';
import { ecs } from './ecs/operations.ts';
import { sts } from './sts.ts';

const SERVICES: Readonly<Record<string, Service>> = { ecs, sts };

/** IAM's name of a service where it differs from the name that requests are signed for. */
const ACTION_PREFIX: ReadonlyMap<string, string> = new Map([
  ['monitoring', 'cloudwatch'],
  ['tagging', 'tag'],
]);

/** The action as policies name it, null where the wire hides the operation. */
export function actionOf(target: Target): string | null {
  return target.operation === null
    ? null
    : `${ACTION_PREFIX.get(target.service) ?? target.service}:${target.operation}`;
}

export function findOperation(service: string, name: string | null): Operation | null {
  const operations = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  if (!operations || name === null || !Object.hasOwn(operations, name)) return null;
  return operations[name] ?? null;
}

/** What STS and ECS have in AWS beyond what is here: the line between "not here" and "no such thing". */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  sts: [
    'AssumeRoleWithSAML',
    'AssumeRoleWithWebIdentity',
    'AssumeRoot',
    'DecodeAuthorizationMessage',
    'GetAccessKeyInfo',
    'GetFederationToken',
    'GetScopedCredentials',
    'GetSessionToken',
    'GetWebIdentityToken',
  ],
  ecs: [
    'CreateCapacityProvider',
    'CreateCluster',
    'CreateService',
    'CreateTaskSet',
    'DeleteAccountSetting',
    'DeleteAttributes',
    'DeleteCapacityProvider',
    'DeleteCluster',
    'DeleteService',
    'DeleteTaskDefinitions',
    'DeleteTaskSet',
    'DeregisterContainerInstance',
    'DeregisterTaskDefinition',
    'DescribeCapacityProviders',
    'DescribeContainerInstances',
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'DescribeTaskSets',
    'DiscoverPollEndpoint',
    'ExecuteCommand',
    'GetTaskProtection',
    'ListAccountSettings',
    'ListAttributes',
    'ListContainerInstances',
    'ListServiceDeployments',
    'ListServicesByNamespace',
    'PutAccountSetting',
    'PutAccountSettingDefault',
    'PutAttributes',
    'PutClusterCapacityProviders',
    'RegisterContainerInstance',
    'RegisterTaskDefinition',
    'RunTask',
    'StartTask',
    'StopServiceDeployment',
    'StopTask',
    'SubmitAttachmentStateChanges',
    'SubmitContainerStateChange',
    'SubmitTaskStateChange',
    'TagResource',
    'UntagResource',
    'UpdateCapacityProvider',
    'UpdateCluster',
    'UpdateClusterSettings',
    'UpdateContainerAgent',
    'UpdateContainerInstancesState',
    'UpdateServicePrimaryTaskSet',
    'UpdateTaskProtection',
    'UpdateTaskSet',
  ],
};

/** Whether AWS has such an operation; of services whose lists are not here, every name is believed. */
export function existsInAws(target: Target): boolean {
  const names = Object.hasOwn(ELSEWHERE, target.service) ? ELSEWHERE[target.service] : undefined;
  return !names || target.operation === null || names.includes(target.operation);
}
