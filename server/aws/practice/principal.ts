import type { Context } from './iam/conditions.ts';
import type { Layers } from './iam/evaluate.ts';
import type { SessionState, WorldState } from './state.ts';

/** Who signed: an IAM user or a session of an assumed role, with the policies around them. */
export interface Principal {
  readonly arn: string;
  readonly userId: string;
  readonly accountId: string;
  /** Of the role behind a session, with its path; null for a user. */
  readonly roleArn: string | null;
  readonly sourceIdentity: string | null;
  readonly isLearner: boolean;
  readonly layers: Layers;
  readonly context: Context;
}

export interface Credential {
  readonly secret: string;
  /** Null for a user's long-term key. */
  readonly token: string | null;
  readonly expiresAt: number | null;
  readonly principal: Principal;
}

/** Roles whose sessions are people at a shell. */
const LEARNER_ROLE = /^LabLearner-/;

export function findCredential(state: WorldState, accessKeyId: string): Credential | null {
  const session = state.sessions.get(accessKeyId);
  if (session) {
    return {
      secret: session.secretAccessKey,
      token: session.token,
      expiresAt: session.expiresAt,
      principal: sessionPrincipal(state, session),
    };
  }
  const user = state.seed.iam.users.find((candidate) => candidate.accessKeyId === accessKeyId);
  if (!user) return null;
  const { accountId } = state.seed;
  const arn = `arn:aws:iam::${accountId}:user/${user.name}`;
  const id = userId(state, user.name);
  return {
    secret: user.secretAccessKey,
    token: null,
    expiresAt: null,
    principal: {
      arn,
      userId: id,
      accountId,
      roleArn: null,
      sourceIdentity: null,
      isLearner: false,
      layers: { scp: scpOf(state), identity: Object.values(user.policies), boundary: null, session: null },
      context: new Map([...commonKeys(arn, id, accountId, 'User'), ['aws:username', [user.name]]]),
    },
  };
}

/** `AIDA…` */
export function userId(state: WorldState, userName: string): string {
  return `AIDA${state.draw.base32(`user:${userName}`, 17)}`;
}

/** `AROA…`, the first half of a session's user id. */
export function roleId(state: WorldState, roleName: string): string {
  return `AROA${state.draw.base32(`role:${roleName}`, 17)}`;
}

function sessionPrincipal(state: WorldState, session: SessionState): Principal {
  const { accountId } = state.seed;
  const role = state.seed.iam.roles.find((candidate) => candidate.name === session.roleName);
  const arn = `arn:aws:sts::${accountId}:assumed-role/${session.roleName}/${session.name}`;
  const roleArn = `arn:aws:iam::${accountId}:role${role?.path ?? '/'}${session.roleName}`;
  const id = `${roleId(state, session.roleName)}:${session.name}`;
  const tags = Object.entries(session.tags).map(([key, value]): [string, readonly string[]] => [
    `aws:principaltag/${key.toLowerCase()}`,
    [value],
  ]);
  return {
    arn,
    userId: id,
    accountId,
    roleArn,
    sourceIdentity: session.sourceIdentity,
    isLearner: LEARNER_ROLE.test(session.roleName),
    layers: {
      scp: scpOf(state),
      identity: [...(state.iam.rolePolicies.get(session.roleName)?.values() ?? [])].map(
        ({ document }) => document,
      ),
      boundary: role?.boundary ?? null,
      session: session.policy,
    },
    context: new Map([
      ...commonKeys(roleArn, id, accountId, 'AssumedRole'),
      ...tags,
      ['aws:tokenissuetime', [new Date(session.issuedAt).toISOString()]],
      ['aws:multifactorauthpresent', ['false']],
      ...(session.sourceIdentity
        ? [['aws:sourceidentity', [session.sourceIdentity]] satisfies [string, string[]]]
        : []),
    ]),
  };
}

function scpOf(state: WorldState) {
  return state.seed.iam.scp.length > 0 ? state.seed.iam.scp : null;
}

/** `arn`: of the user or of the role; a session's own is no value of `aws:PrincipalArn`. */
function commonKeys(
  arn: string,
  userId: string,
  accountId: string,
  type: string,
): readonly [string, readonly string[]][] {
  return [
    ['aws:principalarn', [arn]],
    ['aws:principalaccount', [accountId]],
    ['aws:principaltype', [type]],
    ['aws:userid', [userId]],
    ['aws:viaawsservice', ['false']],
  ];
}
