/** The policy engine: from policies and one question to a decision with its reason; it knows no service. */
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts';
import type { Allowance, Denial } from '../world.ts';
import { type Context, conditionsHold, substitute } from './conditions.ts';
import { arnMatches, globMatches } from './glob.ts';

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

/**
 * The same with a role's trust policy beside it: the trust must allow, and where it names the caller
 * itself (not the whole account), the caller's own policies need not.
 */
export function evaluateTrust(
  layers: Layers,
  trust: PolicyDocument,
  caller: { readonly arn: string; readonly roleArn: string | null; readonly accountId: string },
  question: Question,
): Decision {
  const named = trust.Statement.filter((s) => principalMatches(s, caller) !== 'no');
  const verdict = weigh([{ Version: '2012-10-17', Statement: named }], question, 'action');
  if (verdict.denied) return { allowed: false, layer: 'trust', effect: 'explicit', sid: verdict.sid };
  const own = evaluate(layers, question);
  if (!own.allowed && own.effect === 'explicit') return own;
  if (!verdict.allowed) return { allowed: false, layer: 'trust', effect: 'implicit', sid: null };
  const itself = weigh(
    [{ Version: '2012-10-17', Statement: named.filter((s) => principalMatches(s, caller) === 'itself') }],
    question,
    'action',
  ).allowed;
  if (!own.allowed && own.layer === 'identity' && itself) {
    return evaluate({ ...layers, identity: [ALLOW_ALL] }, question);
  }
  return own;
}

const ALLOW_ALL: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

interface Verdict {
  readonly denied: boolean;
  readonly allowed: boolean;
  /** Of the statement that decided. */
  readonly sid: string | null;
}

function verdicts(layers: Layers, question: Question) {
  return {
    scp: layers.scp && weigh(layers.scp, question),
    identity: weigh(layers.identity, question),
    boundary: layers.boundary && weigh([layers.boundary], question),
    session: layers.session && weigh([layers.session], question),
  };
}

function weigh(
  documents: readonly PolicyDocument[],
  question: Question,
  by: 'action' | 'action and resource' = 'action and resource',
): Verdict {
  const matching = documents
    .flatMap((document) => document.Statement)
    .filter(
      (s) =>
        actionMatches(s, question.action) &&
        (by === 'action' || resourceMatches(s, question)) &&
        conditionsHold(s, question.context),
    );
  const deny = matching.find((s) => s.Effect === 'Deny');
  const allow = matching.find((s) => s.Effect === 'Allow');
  return { denied: !!deny, allowed: !deny && !!allow, sid: (deny ?? allow)?.Sid ?? null };
}

function actionMatches(statement: PolicyStatement, action: string): boolean {
  const among = (patterns: string | readonly string[]) =>
    list(patterns).some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase()));
  if (statement.Action !== undefined) return among(statement.Action);
  return statement.NotAction !== undefined && !among(statement.NotAction);
}

function resourceMatches(statement: PolicyStatement, { resource, context }: Question): boolean {
  const among = (patterns: string | readonly string[]) =>
    list(patterns).some((pattern) => {
      const text = substitute(pattern, context);
      return text !== null && arnMatches(text, resource);
    });
  if (statement.Resource !== undefined) return among(statement.Resource);
  return statement.NotResource !== undefined && !among(statement.NotResource);
}

function principalMatches(
  statement: PolicyStatement,
  caller: { readonly arn: string; readonly roleArn: string | null; readonly accountId: string },
): 'itself' | 'account' | 'no' {
  if (statement.Principal === undefined) return 'no';
  if (statement.Principal === '*') return 'account';
  const names = list(statement.Principal.AWS ?? []);
  if (names.some((name) => name === caller.arn || name === caller.roleArn)) return 'itself';
  const root = `arn:aws:iam::${caller.accountId}:root`;
  return names.some((name) => name === '*' || name === caller.accountId || name === root) ? 'account' : 'no';
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
