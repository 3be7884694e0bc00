/** IAM's read operations over the account's users, roles and policies. */
import { Instant } from '../../instant.ts';
import type { Operation, Params, Scene } from '../../operation.ts';
import { roleId, userId } from '../../principal.ts';
import type { WorldState } from '../../state.ts';
import {
  type ManagedPolicy,
  managedPolicies,
  managedPolicyOf,
  nameOf,
  noSuch,
  page,
  type Role,
  roleArn,
  roleOf,
  shortText,
  text,
  type User,
  userArn,
  userOf,
} from './lookup.ts';

/** What an operation's resource is, as IAM's sentences of refusal name it. */
type Resource = (params: Params, scene: Scene) => string;

function read(
  action: string,
  resource: Resource,
  output: (params: Params, scene: Scene) => unknown,
): Operation {
  return {
    mutates: false,
    asks: (params, scene) => [{ action: `iam:${action}`, resource: resource(params, scene) }],
    run: (params, scene) => ({ kind: 'read', output: output(params, scene) }),
  };
}

/** The ARN of the role that a request names, there or not: whoever may not look learns nothing. */
export const namedRole: Resource = (params, { state }) => {
  const name = shortText(params, 'RoleName') ?? '';
  return roleArn(state, state.seed.iam.roles.find((role) => role.name === name) ?? { name, path: '/' });
};

const namedUser: Resource = (params, { state, principal }) => {
  const name = shortText(params, 'UserName');
  return name === null && principal && principal.roleArn === null
    ? principal.arn
    : userArn(state, { name: name ?? '' });
};

const namedPolicy: Resource = (params) => shortText(params, 'PolicyArn') ?? '*';
const under =
  (kind: string): Resource =>
  (_, { state }) =>
    `arn:aws:iam::${state.seed.accountId}:${kind}/`;

export const readOperations: Readonly<Record<string, Operation>> = {
  GetRole: read('GetRole', namedRole, (params, scene) => {
    const role = roleOf(params, scene);
    const boundary = managedPolicies(scene.state).find(({ roleName }) => roleName === role.name);
    return {
      Role: {
        ...roleView(scene.state, role),
        PermissionsBoundary: boundary && {
          PermissionsBoundaryType: 'Policy',
          PermissionsBoundaryArn: boundary.arn,
        },
        RoleLastUsed: {},
      },
    };
  }),
  ListRoles: read('ListRoles', under('role'), (params, { state }) =>
    page(params, 'Roles', state.seed.iam.roles.filter(inPath(params)), (role) => roleView(state, role)),
  ),
  GetRolePolicy: read('GetRolePolicy', namedRole, (params, scene) => {
    const role = roleOf(params, scene);
    const name = nameOf(params, 'PolicyName', 128);
    const policy = scene.state.iam.rolePolicies.get(role.name)?.get(name);
    if (!policy) throw noSuch(`The role policy with name ${name} cannot be found.`);
    return { RoleName: role.name, PolicyName: name, PolicyDocument: encoded(policy.text) };
  }),
  ListRolePolicies: read('ListRolePolicies', namedRole, (params, scene) => {
    const names = [...(scene.state.iam.rolePolicies.get(roleOf(params, scene).name)?.keys() ?? [])];
    return page(params, 'PolicyNames', names.sort(), (name) => name);
  }),
  ListAttachedRolePolicies: read('ListAttachedRolePolicies', namedRole, (params, scene) => {
    roleOf(params, scene);
    return page(params, 'AttachedPolicies', [], (policy) => policy);
  }),
  GetUser: read('GetUser', namedUser, (params, scene) => ({
    User: userView(scene.state, userOf(params, scene)),
  })),
  ListUsers: read('ListUsers', under('user'), (params, { state }) =>
    page(
      params,
      'Users',
      state.seed.iam.users.filter(() => inPath(params)({ path: '/' })),
      (user) => userView(state, user),
    ),
  ),
  GetUserPolicy: read('GetUserPolicy', namedUser, (params, scene) => {
    const user = userOf(params, scene);
    const name = nameOf(params, 'PolicyName', 128);
    const policy = Object.hasOwn(user.policies, name) ? user.policies[name] : undefined;
    if (!policy) throw noSuch(`The user policy with name ${name} cannot be found.`);
    return { UserName: user.name, PolicyName: name, PolicyDocument: encoded(JSON.stringify(policy)) };
  }),
  ListUserPolicies: read('ListUserPolicies', namedUser, (params, scene) =>
    page(params, 'PolicyNames', Object.keys(userOf(params, scene).policies).sort(), (name) => name),
  ),
  GetPolicy: read('GetPolicy', namedPolicy, (params, scene) => ({
    Policy: policyView(scene.state, managedPolicyOf(params, scene)),
  })),
  GetPolicyVersion: read('GetPolicyVersion', namedPolicy, (params, scene) => {
    const policy = managedPolicyOf(params, scene);
    const version = text(params, 'VersionId');
    if (version !== 'v1') {
      throw noSuch(
        `Policy ${policy.arn} version ${(version ?? '').slice(0, 80)} does not exist or is not attachable.`,
      );
    }
    return {
      PolicyVersion: {
        Document: encoded(JSON.stringify(policy.document)),
        VersionId: 'v1',
        IsDefaultVersion: true,
        CreateDate: new Instant(scene.state.begunAt),
      },
    };
  }),
  ListPolicies: read(
    'ListPolicies',
    () => '*',
    (params, { state }) => {
      const attachedOnly = text(params, 'OnlyAttached') === 'true' || text(params, 'Scope') === 'AWS';
      const isWanted = text(params, 'PolicyUsageFilter') !== 'PermissionsPolicy' && !attachedOnly;
      const policies = isWanted ? managedPolicies(state).filter(inPath(params)) : [];
      return page(params, 'Policies', policies, (policy) => policyView(state, policy));
    },
  ),
};

function inPath(params: Params): (item: { readonly path: string }) => boolean {
  const prefix = text(params, 'PathPrefix') ?? '/';
  return ({ path }) => path.startsWith(prefix);
}

function roleView(state: WorldState, role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: roleId(state, role.name),
    Arn: roleArn(state, role),
    CreateDate: new Instant(state.begunAt),
    AssumeRolePolicyDocument: encoded(JSON.stringify(role.trust)),
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

function userView(state: WorldState, user: User) {
  return {
    Path: '/',
    UserName: user.name,
    UserId: userId(state, user.name),
    Arn: userArn(state, user),
    CreateDate: new Instant(state.begunAt),
  };
}

function policyView(state: WorldState, policy: ManagedPolicy) {
  return {
    PolicyName: policy.name,
    PolicyId: `ANPA${state.draw.base32(`policy:${policy.name}`, 17)}`,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 1,
    IsAttachable: true,
    CreateDate: new Instant(state.begunAt),
    UpdateDate: new Instant(state.begunAt),
  };
}

/** IAM gives documents percent-encoded (RFC 3986). */
function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
