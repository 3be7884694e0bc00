/** The two changes of IAM that practice AWS has: a role's inline policies, by which a person's sessions are revoked. */
import { AwsFault } from '../../fault.ts';
import { parsePolicy } from '../../iam/document.ts';
import type { Operation } from '../../operation.ts';
import { entryReader, type WorldState } from '../../state.ts';
import type { LogEntry } from '../../world.ts';
import { constraint, nameOf, noSuch, roleOf, text } from './lookup.ts';
import { namedRole } from './read.ts';
import type { InlinePolicy } from './state.ts';

/** AWS: all inline policies of a role together, white space not counted. */
const ROLE_POLICIES_SIZE = 10_240;
/** What AWS lets a policy be written in. */
const POLICY_TEXT = /^[\t\n\r\u0020-\u00ff]{1,131072}$/;

export const changeOperations: Readonly<Record<string, Operation>> = {
  PutRolePolicy: {
    mutates: true,
    asks: (params, scene) => [{ action: 'iam:PutRolePolicy', resource: namedRole(params, scene) }],
    run(params, scene) {
      const name = nameOf(params, 'PolicyName', 128);
      const policy = text(params, 'PolicyDocument');
      if (policy === null) throw constraint('policyDocument', null, 'must not be null');
      if (!POLICY_TEXT.test(policy)) {
        throw constraint('policyDocument', null, 'must have length less than or equal to 131072');
      }
      const role = roleOf(params, scene);
      parsePolicy(policy);
      const others = [...(scene.state.iam.rolePolicies.get(role.name) ?? [])].filter(
        ([other]) => other !== name,
      );
      const size = others.reduce((sum, [, other]) => sum + sizeOf(other.text), sizeOf(policy));
      if (size > ROLE_POLICIES_SIZE) {
        throw new AwsFault(
          'LimitExceeded',
          `Maximum policy size of ${ROLE_POLICIES_SIZE} bytes exceeded for role ${role.name}`,
          409,
        );
      }
      return {
        kind: 'change',
        entry: { op: 'iam:PutRolePolicy', role: role.name, name, policy },
        output: () => ({}),
      };
    },
  },
  DeleteRolePolicy: {
    mutates: true,
    asks: (params, scene) => [{ action: 'iam:DeleteRolePolicy', resource: namedRole(params, scene) }],
    run(params, scene) {
      const name = nameOf(params, 'PolicyName', 128);
      const role = roleOf(params, scene);
      if (!scene.state.iam.rolePolicies.get(role.name)?.has(name)) {
        throw noSuch(`The role policy with name ${name} cannot be found.`);
      }
      return {
        kind: 'change',
        entry: { op: 'iam:DeleteRolePolicy', role: role.name, name },
        output: () => ({}),
      };
    },
  },
};

export function applyPutRolePolicy(state: WorldState, entry: LogEntry): WorldState {
  const read = entryReader(entry);
  const written = read.text('policy');
  const policy: InlinePolicy = { document: parsePolicy(written), text: written };
  return withPolicies(state, read.text('role'), (old) => new Map([...old, [read.text('name'), policy]]));
}

export function applyDeleteRolePolicy(state: WorldState, entry: LogEntry): WorldState {
  const read = entryReader(entry);
  const gone = read.text('name');
  return withPolicies(state, read.text('role'), (old) => new Map([...old].filter(([name]) => name !== gone)));
}

type Policies = ReadonlyMap<string, InlinePolicy>;

function withPolicies(state: WorldState, role: string, change: (old: Policies) => Policies): WorldState {
  const changed = change(state.iam.rolePolicies.get(role) ?? new Map());
  return { ...state, iam: { rolePolicies: new Map([...state.iam.rolePolicies, [role, changed]]) } };
}

function sizeOf(policy: string): number {
  return policy.replaceAll(/\s/g, '').length;
}
