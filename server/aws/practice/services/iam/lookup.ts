/** Finding things in the practice account by the names that requests give, or AWS's error that there is none. */
import { AwsFault } from '../../fault.ts';
import type { Params, Scene } from '../../operation.ts';
import type { PolicyDocument } from '../../policy-document.ts';
import type { IamSeed } from '../../seed.ts';
import type { WorldState } from '../../state.ts';

export type Role = IamSeed['roles'][number];
export type User = IamSeed['users'][number];

/** A boundary as the managed policy that it is in a real account. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly document: PolicyDocument;
  readonly roleName: string;
}

export function text(params: Params, name: string): string | null {
  const value = params[name];
  return typeof value === 'string' ? value : null;
}

/** As a refusal may name it: no longer than any name there is, since policies are matched against it. */
export function shortText(params: Params, name: string): string | null {
  return text(params, name)?.slice(0, 512) ?? null;
}

/** A required name of AWS's alphabet. */
export function nameOf(params: Params, member: string, longest: number): string {
  const value = text(params, member);
  const field = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  if (value === null) throw constraint(field, null, 'must not be null');
  if (value.length < 1) throw constraint(field, value, 'must have length greater than or equal to 1');
  if (value.length > longest) {
    throw constraint(field, value, `must have length less than or equal to ${longest}`);
  }
  if (!/^[\w+=,.@-]+$/.test(value)) {
    throw invalid(
      `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  return value;
}

export function roleOf(params: Params, { state }: Scene): Role {
  const name = nameOf(params, 'RoleName', 64);
  const role = state.seed.iam.roles.find((candidate) => candidate.name === name);
  if (!role) throw noSuch(`The role with name ${name} cannot be found.`);
  return role;
}

export function userOf(params: Params, { state, principal }: Scene): User {
  const isUser = principal !== null && principal.roleArn === null;
  if (params.UserName === undefined && !isUser) {
    throw invalid('Must specify userName when calling with non-User credentials');
  }
  const name =
    params.UserName === undefined && principal
      ? principal.arn.slice(principal.arn.lastIndexOf('/') + 1)
      : nameOf(params, 'UserName', 128);
  const user = state.seed.iam.users.find((candidate) => candidate.name === name);
  if (!user) throw noSuch(`The user with name ${name} cannot be found.`);
  return user;
}

export function managedPolicies({ seed }: WorldState): readonly ManagedPolicy[] {
  return seed.iam.roles.flatMap((role) =>
    role.boundary === null
      ? []
      : [
          {
            name: `${role.name}-boundary`,
            path: role.path,
            arn: `arn:aws:iam::${seed.accountId}:policy${role.path}${role.name}-boundary`,
            document: role.boundary,
            roleName: role.name,
          },
        ],
  );
}

export function managedPolicyOf(params: Params, { state }: Scene): ManagedPolicy {
  const arn = text(params, 'PolicyArn') ?? '';
  if (arn.length < 20) throw constraint('policyArn', arn, 'must have length greater than or equal to 20');
  const policy = managedPolicies(state).find((candidate) => candidate.arn === arn);
  if (!policy) throw noSuch(`Policy ${arn.slice(0, 200)} was not found.`);
  return policy;
}

export function roleArn({ seed }: WorldState, role: Pick<Role, 'name' | 'path'>): string {
  return `arn:aws:iam::${seed.accountId}:role${role.path}${role.name}`;
}

export function userArn({ seed }: WorldState, user: Pick<User, 'name'>): string {
  return `arn:aws:iam::${seed.accountId}:user/${user.name}`;
}

/** One page of a list in IAM's way, under the name that the answer gives it. */
export function page<T, U>(
  params: Params,
  field: string,
  items: readonly T[],
  view: (item: T) => U,
): Readonly<Record<string, unknown>> {
  const marker = text(params, 'Marker');
  const start = marker === null ? 0 : Number(/^m(\d{1,9})$/.exec(decoded(marker))?.[1] ?? Number.NaN);
  if (!(start <= items.length)) throw invalid('Invalid Marker.');
  const asked = text(params, 'MaxItems');
  const size = asked === null ? 100 : Number(asked);
  if (!Number.isInteger(size) || size < 1) {
    throw constraint('maxItems', asked, 'must have value greater than or equal to 1');
  }
  if (size > 1000) throw constraint('maxItems', asked, 'must have value less than or equal to 1000');
  const end = start + size;
  const isTruncated = end < items.length;
  return {
    [field]: items.slice(start, end).map(view),
    IsTruncated: isTruncated,
    Marker: isTruncated ? Buffer.from(`m${end}`).toString('base64') : undefined,
  };
}

function decoded(marker: string): string {
  return Buffer.from(marker.slice(0, 64), 'base64').toString('latin1');
}

export function noSuch(message: string): AwsFault {
  return new AwsFault('NoSuchEntity', message, 404);
}

export function invalid(message: string): AwsFault {
  return new AwsFault('ValidationError', message);
}

export function constraint(field: string, value: string | null, rule: string): AwsFault {
  const shown = value === null ? 'Value' : `Value '${value.slice(0, 80)}'`;
  return invalid(
    `1 validation error detected: ${shown} at '${field}' failed to satisfy constraint: Member ${rule}`,
  );
}
