/** The policy engine: from policies and one question to a decision with its reason; it knows no service. */
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts';
import type { Allowance, Denial } from '../world.ts';
import { type CompiledStatement, compile, listed } from './compile.ts';
import type { Context } from './conditions.ts';

/** May this principal do this, to this? `resource` is `*` for actions without one. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** The policies that stand around a principal; null = there is no such layer. */
export interface Layers {
  readonly scp: readonly PolicyDocument[] | null;
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | null;
  readonly session: PolicyDocument | null;
}

export type Layer = Denial['layer'];

export type Decision =
  | { readonly allowed: true; readonly by: Allowance }
  | {
      readonly allowed: false;
      readonly layer: Layer;
      readonly effect: 'implicit' | 'explicit';
      readonly sid: string | null;
    };

/** Outermost first: the layer that is named when several refuse. */
const DENY_ORDER = ['scp', 'boundary', 'session', 'identity'] as const;
const ALLOW_ORDER = ['scp', 'identity', 'boundary', 'session'] as const;

/**
 * An explicit deny in any layer wins; otherwise every layer that exists must allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(layers: Layers, question: Question): Decision {
  const found = verdicts(layers, question);
  for (const layer of DENY_ORDER) {
    const verdict = found[layer];
    if (verdict?.denied) return { allowed: false, layer, effect: 'explicit', sid: verdict.sid };
  }
  for (const layer of ALLOW_ORDER) {
    if (found[layer]?.allowed === false) return { allowed: false, layer, effect: 'implicit', sid: null };
  }
  return {
    allowed: true,
    by: { identity: found.identity.sid, session: found.session?.sid ?? null, resource: null },
  };
}

/** Who asks, as a resource's policy may name them. */
export interface Caller {
  readonly arn: string;
  /** Of the role behind a session. */
  readonly roleArn: string | null;
  readonly accountId: string;
}

/**
 * The same with a policy of the resource beside it, in the caller's own account. Either side may
 * allow; a role's trust policy must. What names a role (or, but for a trust policy, everybody) spares its identity policies alone; what names
 * the user or the session itself also spares boundary and session policy. The SCP and every explicit
 * deny always count.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
 */
export function evaluateBeside(
  layers: Layers,
  policy: PolicyDocument,
  caller: Caller,
  question: Question,
  layer: 'trust' | 'resource' = 'resource',
): Decision {
  const by = layer === 'trust' ? 'action' : 'action and resource';
  const statements = compile(policy);
  const reach = (least: Reach) => {
    const named = statements.filter(({ source }) => reachOf(source, caller) >= least);
    return weigh(named, question, by);
  };
  const beside = reach(REACH.account);
  if (beside.denied) return { allowed: false, layer, effect: 'explicit', sid: beside.sid };
  const own = evaluate(layers, question);
  if (!own.allowed && own.effect === 'explicit') return own;
  if (!beside.allowed)
    return layer === 'trust' ? { allowed: false, layer, effect: 'implicit', sid: null } : own;
  if (own.allowed) return { allowed: true, by: { ...own.by, resource: beside.sid } };

  const direct = reach(REACH.itself);
  const role = reach(layer === 'trust' ? REACH.role : REACH.everyone);
  const spared: readonly Layer[] = direct.allowed
    ? ['identity', 'boundary', 'session']
    : role.allowed
      ? ['identity']
      : [];
  const refusing = verdicts(layers, question);
  for (const name of ALLOW_ORDER) {
    if (refusing[name]?.allowed === false && !spared.includes(name)) {
      return { allowed: false, layer: name, effect: 'implicit', sid: null };
    }
  }
  const { identity, session } = refusing;
  return {
    allowed: true,
    by: { identity: identity.sid, session: session?.sid ?? null, resource: direct.sid ?? role.sid },
  };
}

interface Verdict {
  readonly denied: boolean;
  readonly allowed: boolean;
  /** Of the statement that decided. */
  readonly sid: string | null;
}

function verdicts(layers: Layers, question: Question) {
  const of = (documents: readonly PolicyDocument[]) => weigh(documents.flatMap(compile), question);
  return {
    scp: layers.scp && of(layers.scp),
    identity: of(layers.identity),
    boundary: layers.boundary && weigh(compile(layers.boundary), question),
    session: layers.session && weigh(compile(layers.session), question),
  };
}

function weigh(
  statements: readonly CompiledStatement[],
  { action, resource, context }: Question,
  by: 'action' | 'action and resource' = 'action and resource',
): Verdict {
  const name = action.toLowerCase();
  let allow: CompiledStatement | null = null;
  for (const statement of statements) {
    if (allow && !statement.isDeny) continue;
    const matches =
      statement.action(name) &&
      (by === 'action' || statement.resource(resource, context)) &&
      statement.conditions.every((condition) => condition(context));
    if (!matches) continue;
    if (statement.isDeny) return { denied: true, allowed: false, sid: statement.source.Sid ?? null };
    allow = statement;
  }
  return { denied: false, allowed: allow !== null, sid: allow?.source.Sid ?? null };
}

/** How closely a statement names a caller. */
const REACH = { nobody: 0, account: 1, everyone: 2, role: 3, itself: 4 } as const;
type Reach = (typeof REACH)[keyof typeof REACH];

function reachOf({ Principal, NotPrincipal }: PolicyStatement, caller: Caller): Reach {
  const root = `arn:aws:iam::${caller.accountId}:root`;
  if (NotPrincipal !== undefined) {
    // Whoever is left out must be named in full: the account, the role and the session.
    const names = NotPrincipal === '*' ? ['*'] : listed(NotPrincipal.AWS);
    const has = (...wanted: readonly string[]) => names.some((name) => wanted.includes(name));
    const leftOut =
      names.includes('*') ||
      (has(root, caller.accountId) && has(caller.arn) && (caller.roleArn === null || has(caller.roleArn)));
    return leftOut ? REACH.nobody : REACH.account;
  }
  if (Principal === undefined) return REACH.nobody;
  if (Principal === '*') return REACH.everyone;
  const names = listed(Principal.AWS);
  if (names.includes(caller.arn)) return REACH.itself;
  if (caller.roleArn !== null && names.includes(caller.roleArn)) return REACH.role;
  if (names.includes('*')) return REACH.everyone;
  return names.includes(caller.accountId) || names.includes(root) ? REACH.account : REACH.nobody;
}
