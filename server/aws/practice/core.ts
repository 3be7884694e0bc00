/**
 * A world without its thread: one request and one state in, an answer or a change out. It knows no
 * clock, no log and no message port; `worker.ts` brings them.
 */
import { authenticate } from './authenticate.ts';
import { AwsFault, notInPractice } from './fault.ts';
import { denialOf, type Wording } from './iam/denial.ts';
import { evaluate } from './iam/evaluate.ts';
import { written } from './instant.ts';
import { LIMITS } from './limits.ts';
import type { Ask, Operation, Params, Scene } from './operation.ts';
import type { Principal } from './principal.ts';
import type { WorldSeed } from './seed.ts';
import { ecsFromSeed } from './services/ecs/state.ts';
import { iamFromSeed } from './services/iam/state.ts';
import { actionOf, applied, existsInAws, findOperation } from './services/registry.ts';
import { TrustDenied } from './services/sts.ts';
import { drawOf, entryReader, logIsFull, type WorldState } from './state.ts';
import { failure, refusalCode, success } from './wire/answer.ts';
import { paramsOf, type Target, targetOf } from './wire/protocol.ts';
import type { Allowance, Call, Denial, LogEntry, WireRequest, WireResponse } from './world.ts';

/** A call as the core reports it; its number is given by who keeps the list. */
export type SeenCall = Omit<Call, 'n'>;

export interface Answer {
  readonly response: WireResponse;
  readonly call: SeenCall;
}

export type Handled =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      /** To be stored first: then `commit`, or `refuse` when storing failed. */
      readonly kind: 'change';
      readonly entry: LogEntry;
      commit(): { readonly state: WorldState; readonly answer: Answer };
      refuse(): Answer;
    };

/** The state after the first entry of a log, which fixes when the world began. */
export function begin(seed: WorldSeed, entry: LogEntry): WorldState {
  const read = entryReader(entry);
  if (read.text('op') !== 'begin') throw new Error('The log of a world starts with "begin".');
  const begunAt = read.number('at');
  const draw = drawOf(seed);
  return {
    seed,
    draw,
    begunAt,
    ahead: 0,
    n: 1,
    sessions: new Map(),
    iam: iamFromSeed(seed),
    ecs: ecsFromSeed(seed, draw, begunAt),
  };
}

/** The state after one more entry; the same for a call just accepted and for a replay. */
export function apply(state: WorldState, entry: LogEntry): WorldState {
  const read = entryReader(entry);
  const op = read.text('op');
  const next =
    op === 'forward' ? { ...state, ahead: state.ahead + read.number('ms') } : applied(op, state, entry);
  if (next === null) throw new Error(`The world's log has an entry of an unknown kind: ${op}.`);
  return { ...next, n: state.n + 1 };
}

export function handle(state: WorldState, request: WireRequest, requestId: string): Handled {
  const target = targetOf(request);
  let principal: Principal | null = null;
  let params: Params = {};
  let allowedBy: Allowance | null = null;
  const seen = (outcome: Call['outcome'], errorCode: string | null, denial: Denial | null): SeenCall => ({
    at: request.receivedAt,
    action: actionOf(target) ?? `${target.service}:?`,
    principalArn: principal?.arn ?? null,
    sourceIdentity: principal?.sourceIdentity ?? null,
    by: principal?.isLearner ? 'learner' : 'dojou',
    outcome,
    errorCode,
    denial,
    allowedBy: outcome === 'ok' ? allowedBy : null,
    params: forTheRecord(params),
  });
  const refused = (fault: AwsFault): Answer => {
    const denial = fault instanceof TrustDenied || fault instanceof Denied ? fault.denial : null;
    return {
      response: failure(target, fault, requestId),
      call: seen(denial ? 'denied' : 'error', fault.code, denial),
    };
  };
  const answered = (output: unknown): Answer => ({
    response: success(target, output, requestId, state.ahead),
    call: seen('ok', null, null),
  });

  try {
    checkBounds(request);
    const who = authenticate(state, request, target);
    principal = who.principal;
    params = paramsOf(request, target.protocol);
    const wall = request.receivedAt;
    const scene: Scene = { state, now: wall + state.ahead, wall, region: who.region, principal };
    const { operation, by } = permitted(target, params, scene, principal);
    allowedBy = by;
    const outcome = operation.run(params, scene);
    if (outcome.kind === 'read') return { kind: 'answer', answer: answered(outcome.output) };

    const { entry } = outcome;
    if (state.n >= (target.service === 'sts' ? LIMITS.logEntries : LIMITS.logChanges)) throw logIsFull();
    return {
      kind: 'change',
      entry,
      commit() {
        const next = apply(state, entry);
        return { state: next, answer: answered(outcome.output(next)) };
      },
      refuse: () => refused(notStored()),
    };
  } catch (error) {
    return { kind: 'answer', answer: refused(error instanceof AwsFault ? error : internalFailure()) };
  }
}

/** A read with the world's own rights, for checks. */
export function inspect(state: WorldState, action: string, params: Params, wall: number): unknown {
  const [service = '', name = null] = action.split(':');
  const operation = findOperation(service, name);
  if (!operation || operation.mutates || service === 'sts') {
    throw new AwsFault('NotInPracticeAws', `A check can only read, and practice AWS cannot read ${action}.`);
  }
  const outcome = operation.run(params, {
    state,
    now: wall + state.ahead,
    wall,
    region: state.seed.region,
    principal: null,
  });
  if (outcome.kind !== 'read') throw new Error(`${action} is declared read-only and changed something.`);
  return JSON.parse(JSON.stringify(written(outcome.output, state.ahead, 'json')));
}

/** An entry of the world's own that moves its clock ahead. */
export function forwardEntry(state: WorldState, ms: number): LogEntry {
  const isWhole = Number.isSafeInteger(ms) && ms > 0;
  if (!isWhole || state.ahead + ms > LIMITS.aheadMs) {
    throw new RangeError(`A world goes ahead by whole milliseconds, in all at most ${LIMITS.aheadMs}.`);
  }
  if (state.n >= LIMITS.logChanges) throw logIsFull();
  return { op: 'forward', ms };
}

class Denied extends AwsFault {
  readonly denial: Denial;

  constructor(code: string, denial: Denial, status: number) {
    super(code, denial.message, status);
    this.denial = denial;
  }
}

/** The operation, once everything that it asks for is allowed; a refusal comes before "not here". */
function permitted(
  target: Target,
  params: Params,
  scene: Scene,
  principal: Principal,
): { readonly operation: Operation; readonly by: Allowance | null } {
  const operation = findOperation(target.service, target.operation);
  const action = actionOf(target);
  if (!operation && target.operation !== null && !existsInAws(target)) throw noSuchOperation(target);
  const asks = operation
    ? operation.asks(params, scene)
    : action
      ? [{ action, resource: target.resource }]
      : [];
  let by: Allowance | null = null;
  if (asks !== 'open') {
    // A call that names nothing is still a call: it asks for the action itself.
    const needed: readonly Ask[] = asks.length === 0 && action ? [{ action, resource: '*' }] : asks;
    for (const ask of needed) by = authorise(target, ask, scene, principal);
  }
  if (!operation) throw notInPractice(action ?? `This call of ${target.service}`);
  // IAM is global: its calls are signed for us-east-1 from wherever they come.
  const isRegional = target.service !== 'sts' && target.service !== 'iam';
  if (isRegional && scene.region !== scene.state.seed.region) {
    throw notInPractice(`The region ${scene.region}`);
  }
  return { operation, by };
}

function authorise(target: Target, ask: Ask, scene: Scene, principal: Principal): Allowance {
  const question = {
    action: ask.action,
    resource: ask.resource,
    context: new Map([
      ...principal.context,
      ...Object.entries(ask.keys ?? {}),
      ['aws:requestedregion', [scene.region]],
      ['aws:currenttime', [new Date(scene.wall).toISOString()]],
      ['aws:epochtime', [String(Math.floor(scene.wall / 1000))]],
    ]),
  };
  const decision = evaluate(principal.layers, question);
  if (decision.allowed) return decision.by;
  const wording: Wording = target.protocol === 'ec2' ? 'ec2' : target.service === 's3' ? 's3' : 'plain';
  const isJson = target.protocol === 'json';
  throw new Denied(
    refusalCode(target),
    denialOf(decision, question, principal.arn, wording),
    isJson ? 400 : 403,
  );
}

function noSuchOperation(target: Target): AwsFault {
  return target.protocol === 'json'
    ? new AwsFault('UnknownOperationException', 'The requested operation is not supported.')
    : new AwsFault('InvalidAction', `Could not find operation ${target.operation} for version 2011-06-15`);
}

function checkBounds(request: WireRequest): void {
  const headers = Object.entries(request.headers);
  const bytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (request.body.byteLength > LIMITS.bodyBytes) {
    throw new AwsFault('RequestEntityTooLarge', 'The request body is larger than 1 MiB.', 413);
  }
  const tooMany = headers.length > LIMITS.headerCount || bytes > LIMITS.headerBytes;
  if (tooMany || request.path.length > LIMITS.pathBytes) {
    throw new AwsFault('RequestHeaderSectionTooLarge', 'The request line or its headers are too large.', 400);
  }
}

/** Parameters bounded for the ledger, without what only the two ends should know. */
function forTheRecord(params: Params): Params {
  const { ExternalId: _, ...rest } = params;
  const text = JSON.stringify(rest);
  return text.length <= LIMITS.callParamsBytes ? rest : { truncated: true, bytes: text.length };
}

export function internalFailure(): AwsFault {
  return new AwsFault('InternalFailure', 'Practice AWS failed inside; this is our fault. Try again.', 500);
}

function notStored(): AwsFault {
  return new AwsFault(
    'ServiceUnavailable',
    'Practice AWS could not store the change, so it was not made. Try again. / ' +
      '変更を保存できなかったため、何も変えていません。もう一度試してください。',
    503,
  );
}
