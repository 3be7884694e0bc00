/** What-if questions, on the engine that decides every call. */

import { notInPractice } from '../../fault.ts';
import { parsePolicy } from '../../iam/document.ts';
import { evaluate, type Layers } from '../../iam/evaluate.ts';
import type { Operation, Params, Scene } from '../../operation.ts';
import type { PolicyDocument } from '../../policy-document.ts';
import { isRecord } from '../../wire/protocol.ts';
import { constraint, invalid, noSuch, page, roleArn, shortText, text, userArn } from './lookup.ts';

/** Characters of policies times questions times the longest value: some milliseconds of the hardest matching. */
const WORK_LIMIT = 4_000_000;

export const simulateOperations: Readonly<Record<string, Operation>> = {
  SimulateCustomPolicy: {
    mutates: false,
    asks: () => [{ action: 'iam:SimulateCustomPolicy', resource: '*' }],
    run(params) {
      const identity = policies(params, 'PolicyInputList');
      if (identity.length === 0) throw constraint('policyInputList', null, 'must not be null');
      return {
        kind: 'read',
        output: simulated(params, { scp: null, identity, boundary: null, session: null }),
      };
    },
  },
  SimulatePrincipalPolicy: {
    mutates: false,
    asks: (params) => [
      { action: 'iam:SimulatePrincipalPolicy', resource: shortText(params, 'PolicySourceArn') ?? '*' },
    ],
    run(params, scene) {
      const source = layersOf(params, scene);
      const identity = [...source.identity, ...policies(params, 'PolicyInputList')];
      return { kind: 'read', output: simulated(params, { ...source, identity }) };
    },
  },
};

function layersOf(params: Params, { state }: Scene): Layers {
  const arn = text(params, 'PolicySourceArn') ?? '';
  const { iam } = state.seed;
  const scp = iam.scp.length > 0 ? iam.scp : null;
  const role = iam.roles.find((candidate) => roleArn(state, candidate) === arn);
  if (role) {
    const identity = [...(state.iam.rolePolicies.get(role.name)?.values() ?? [])].map((p) => p.document);
    return { scp, identity, boundary: role.boundary, session: null };
  }
  const user = iam.users.find((candidate) => userArn(state, candidate) === arn);
  if (user) return { scp, identity: Object.values(user.policies), boundary: null, session: null };
  const kind = /^arn:aws:iam::\d{12}:(user|role)\//.exec(arn)?.[1];
  if (!kind)
    throw invalid(`Invalid Entity Arn: ${arn.slice(0, 200)} does not clearly define entity type and name.`);
  throw noSuch(`The ${kind} with name ${arn.slice(arn.lastIndexOf('/') + 1).slice(0, 128)} cannot be found.`);
}

function simulated(params: Params, layers: Layers): unknown {
  for (const name of ['ResourcePolicy', 'CallerArn', 'ResourceOwner', 'ResourceHandlingOption']) {
    if (params[name] !== undefined) throw notInPractice(`Simulating with ${name}`);
  }
  const actions = texts(params, 'ActionNames');
  if (actions.length === 0) throw constraint('actionNames', null, 'must not be null');
  const wrong = actions.find((action) => !/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action));
  if (wrong !== undefined) throw invalid(`Invalid action name: ${wrong.slice(0, 80)}`);
  const given = texts(params, 'ResourceArns');
  const resources = given.length > 0 ? given : ['*'];
  const boundaries = policies(params, 'PermissionsBoundaryPolicyInputList');
  const boundary = boundaries[0] ?? layers.boundary;
  const context = contextOf(params);
  const written = [...layers.identity, ...(layers.scp ?? []), ...(boundary ? [boundary] : [])];
  const size = written.reduce((sum, document) => sum + JSON.stringify(document).length, 0);
  const values = [...actions, ...resources, ...[...context.values()].flat()];
  const longest = values.reduce((most, value) => Math.max(most, value.length), 1);
  if (size * actions.length * resources.length * longest > WORK_LIMIT) {
    throw notInPractice('A simulation of this size');
  }
  const around = { ...layers, boundary };
  const questions = actions.flatMap((action) => resources.map((resource) => ({ action, resource, context })));
  return page(params, 'EvaluationResults', questions, (question) => {
    const decision = evaluate(around, question);
    const passes = (own: Partial<Layers>) =>
      evaluate({ scp: null, identity: [ALL], boundary: null, session: null, ...own }, question).allowed;
    return {
      EvalActionName: question.action,
      EvalResourceName: question.resource,
      EvalDecision: decision.allowed
        ? 'allowed'
        : decision.effect === 'explicit'
          ? 'explicitDeny'
          : 'implicitDeny',
      OrganizationsDecisionDetail: layers.scp && { AllowedByOrganizations: passes({ scp: layers.scp }) },
      PermissionsBoundaryDecisionDetail: boundary && { AllowedByPermissionsBoundary: passes({ boundary }) },
    };
  });
}

const ALL: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

function contextOf(params: Params): ReadonlyMap<string, readonly string[]> {
  const entries: readonly unknown[] = Array.isArray(params.ContextEntries) ? params.ContextEntries : [];
  return new Map(
    entries.filter(isRecord).map((entry) => {
      const key = text(entry, 'ContextKeyName');
      if (key === null) throw constraint('contextKeyName', null, 'must not be null');
      return [key.toLowerCase(), texts(entry, 'ContextKeyValues')];
    }),
  );
}

function policies(params: Params, name: string): readonly PolicyDocument[] {
  return texts(params, name).map(parsePolicy);
}

function texts(params: Params, name: string): readonly string[] {
  const value = params[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter((item) => typeof item === 'string');
}
