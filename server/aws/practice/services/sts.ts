import { AwsFault } from '../fault.ts';
import { denialOf } from '../iam/denial.ts';
import { parsePolicy } from '../iam/document.ts';
import { evaluateBeside } from '../iam/evaluate.ts';
import { LIMITS } from '../limits.ts';
import type { Operation, Params, Scene, Service } from '../operation.ts';
import { roleId } from '../principal.ts';
import { entryReader, type SessionState, type WorldState } from '../state.ts';
import { isRecord } from '../wire/protocol.ts';
import type { Denial, LogEntry } from '../world.ts';

const NAME = /^[\w+=,.@-]*$/;
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
/** U+0020–U+00FF and tab, line feed, carriage return: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const POLICY_TEXT = /^[\t\n\r\u0020-\u00ff]{1,2048}$/;
const PACKED_LIMIT = 2_048;
const CHAINED_SECONDS = 3_600;
const HOUR_MS = 3_600_000;

/** A refusal with its layer, so that the page can explain it. */
export class TrustDenied extends AwsFault {
  readonly denial: Denial;

  constructor(denial: Denial) {
    super('AccessDenied', denial.message, 403);
    this.denial = denial;
  }
}

const getCallerIdentity: Operation = {
  mutates: false,
  asks: () => 'open',
  run: (_, { principal, state }) => ({
    kind: 'read',
    output: principal
      ? { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId }
      : { Account: state.seed.accountId },
  }),
};

const assumeRole: Operation = {
  mutates: true,
  asks: () => 'open', // the role's trust policy takes part, so `run` decides
  run(params, scene) {
    const request = readAssumeRole(params);
    const role = authorise(request, scene);
    const chained = scene.principal?.roleArn != null;
    const longest = chained ? CHAINED_SECONDS : role.maxSessionSeconds;
    if (request.durationSeconds > longest) {
      throw invalid(
        chained
          ? 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
          : 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    }
    const live = [...scene.state.sessions.values()].filter((s) => s.expiresAt > scene.wall).length;
    if (live >= LIMITS.liveSessions) throw new AwsFault('Throttling', 'Rate exceeded', 400);
    return {
      kind: 'change',
      entry: {
        op: 'sts:AssumeRole',
        at: scene.wall,
        role: role.name,
        session: request.sessionName,
        sourceIdentity: request.sourceIdentity,
        seconds: request.durationSeconds,
        tags: request.tags,
        policy: request.policy,
      },
      output: (next) => assumedRole(next, request.policy),
    };
  },
};

export const sts: Service = {
  operations: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
  entries: { 'sts:AssumeRole': applyAssumeRole },
  elsewhere: [
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
};

/** Replays or applies one `AssumeRole`: the credentials are drawn from the seed and the entry's number. */
function applyAssumeRole(state: WorldState, entry: LogEntry): WorldState {
  const read = entryReader(entry);
  const n = state.n + 1;
  const at = read.number('at');
  const policy = read.textOrNull('policy');
  const session: SessionState = {
    accessKeyId: `ASIA${state.draw.base32(`session-key:${n}`, 16)}`,
    secretAccessKey: state.draw.bytes(`session-secret:${n}`, 30).toString('base64'),
    token: `IQoJb3JpZ2luX2Vj${state.draw.bytes(`session-token:${n}`, 240).toString('base64')}`,
    roleName: read.text('role'),
    name: read.text('session'),
    sourceIdentity: read.textOrNull('sourceIdentity'),
    tags: read.texts('tags'),
    policy: policy === null ? null : parsePolicy(policy),
    issuedAt: at,
    expiresAt: at + read.number('seconds') * 1000,
  };
  // Expired ones stay for an hour, so that a late call hears "expired", not "invalid".
  const kept = [...state.sessions].filter(([, old]) => old.expiresAt + HOUR_MS > at);
  return { ...state, sessions: new Map([...kept, [session.accessKeyId, session]]) };
}

function assumedRole(next: WorldState, policy: string | null) {
  const session = [...next.sessions.values()].at(-1);
  if (!session) throw new Error('AssumeRole was applied and left no session.');
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.token,
      Expiration: `${new Date(session.expiresAt).toISOString().slice(0, 19)}Z`,
    },
    AssumedRoleUser: {
      AssumedRoleId: `${roleId(next, session.roleName)}:${session.name}`,
      Arn: `arn:aws:sts::${next.seed.accountId}:assumed-role/${session.roleName}/${session.name}`,
    },
    PackedPolicySize: policy === null ? undefined : Math.ceil((policy.length * 100) / PACKED_LIMIT),
    SourceIdentity: session.sourceIdentity ?? undefined,
  };
}

interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly policy: string | null;
  readonly externalId: string | null;
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

function readAssumeRole(params: Params): AssumeRoleRequest {
  const text = (name: string): string | null => {
    const value = params[name];
    return typeof value === 'string' ? value : null;
  };
  const roleArn = text('RoleArn');
  const sessionName = text('RoleSessionName');
  if (!roleArn || !/^arn:aws:iam::\d{12}:role\/.+/.test(roleArn)) {
    throw invalid(`${roleArn ?? ''} is invalid`);
  }
  const wrongName = nameRule(sessionName ?? '');
  if (sessionName === null || wrongName) {
    throw invalid(constraint(sessionName, 'roleSessionName', wrongName ?? 'not be null'));
  }
  if (params.PolicyArns !== undefined) {
    throw new AwsFault(
      'NotInPracticeAws',
      'Practice AWS takes a session policy inline (Policy), not by ARN (PolicyArns). / ' +
        '練習用の AWS のセッションポリシーは Policy に直接書きます。PolicyArns は使えません。',
    );
  }
  if (params.TransitiveTagKeys !== undefined) {
    throw new AwsFault('NotInPracticeAws', 'Practice AWS does not have TransitiveTagKeys.');
  }
  const sourceIdentity = text('SourceIdentity');
  const wrongIdentity = sourceIdentity === null ? null : nameRule(sourceIdentity);
  if (wrongIdentity) throw invalid(constraint(sourceIdentity, 'sourceIdentity', wrongIdentity));
  const durationSeconds = Number(text('DurationSeconds') ?? CHAINED_SECONDS);
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900) {
    throw invalid(
      constraint(text('DurationSeconds'), 'durationSeconds', 'have value greater than or equal to 900'),
    );
  }
  if (durationSeconds > 43_200) {
    throw invalid(
      constraint(text('DurationSeconds'), 'durationSeconds', 'have value less than or equal to 43200'),
    );
  }
  const policy = text('Policy');
  if (policy !== null) {
    if (!POLICY_TEXT.test(policy)) {
      throw invalid(constraint(null, 'policy', 'have length less than or equal to 2048'));
    }
    parsePolicy(policy);
  }
  return {
    roleArn,
    sessionName,
    durationSeconds,
    policy,
    externalId: text('ExternalId'),
    sourceIdentity,
    tags: readTags(params.Tags),
  };
}

function readTags(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!Array.isArray(value) || value.length > 50) throw invalid('A session has at most 50 tags.');
  const tags = new Map<string, string>();
  for (const tag of value) {
    const key: unknown = isRecord(tag) ? tag.Key : undefined;
    const text: unknown = isRecord(tag) ? tag.Value : undefined;
    const content = typeof text === 'string' ? text : '';
    if (typeof key !== 'string' || !TAG_KEY.test(key) || !TAG_VALUE.test(content)) {
      throw invalid(
        'Tag keys and values must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
      );
    }
    tags.set(key, content);
  }
  return Object.fromEntries(tags);
}

/** The role, if its trust policy and the caller's own policies let the caller assume it with these tags. */
function authorise(request: AssumeRoleRequest, { state, principal, region, now }: Scene) {
  const { accountId, iam } = state.seed;
  if (!principal) throw new Error('AssumeRole is never run with the rights of the world itself.');
  const role = iam.roles.find((r) => `arn:aws:iam::${accountId}:role${r.path}${r.name}` === request.roleArn);
  const context = new Map<string, readonly string[]>([
    ...principal.context,
    ['aws:requestedregion', [region]],
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['sts:rolesessionname', [request.sessionName]],
    ['aws:tagkeys', Object.keys(request.tags)],
    ...Object.entries(request.tags).map(([key, value]): [string, readonly string[]] => [
      `aws:requesttag/${key.toLowerCase()}`,
      [value],
    ]),
  ]);
  if (request.externalId !== null) context.set('sts:externalid', [request.externalId]);
  if (request.sourceIdentity !== null) context.set('sts:sourceidentity', [request.sourceIdentity]);

  const actions = [
    'sts:AssumeRole',
    ...(Object.keys(request.tags).length > 0 ? ['sts:TagSession'] : []),
    ...(request.sourceIdentity !== null ? ['sts:SetSourceIdentity'] : []),
  ];
  for (const action of actions) {
    const question = { action, resource: request.roleArn, context };
    const decision = evaluateBeside(
      principal.layers,
      // A role that is not there is refused with the words of one that does not trust: nothing to learn by asking.
      role?.trust ?? { Version: '2012-10-17', Statement: [] },
      principal,
      question,
      'trust',
    );
    if (!decision.allowed) throw new TrustDenied(denialOf(decision, question, principal.arn, 'plain'));
  }
  if (!role) throw new Error('A role without a trust policy was assumed.');
  return role;
}

/** The rule that a session name or source identity breaks, in STS's words; null if it keeps them. */
function nameRule(name: string): string | null {
  if (name.length < 2) return 'have length greater than or equal to 2';
  if (name.length > 64) return 'have length less than or equal to 64';
  return NAME.test(name) ? null : 'satisfy regular expression pattern: [\\w+=,.@-]*';
}

function constraint(value: string | null, member: string, rule: string): string {
  const shown = value === null ? '' : `Value '${value.slice(0, 80)}' at `;
  return `1 validation error detected: ${shown}'${member}' failed to satisfy constraint: Member must ${rule}`;
}

function invalid(message: string): AwsFault {
  return new AwsFault('ValidationError', message);
}
