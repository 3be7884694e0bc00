import { AwsFault } from '../fault.ts';
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts';
import { isRecord } from '../wire/protocol.ts';
import { isOperator } from './conditions.ts';

/** A policy as text, checked as far as a wrong one would be evaluated wrongly. */
export function parsePolicy(text: string): PolicyDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (!isRecord(value)) throw malformed('Syntax errors in policy.');
  if (value.Version !== '2012-10-17') throw malformed('The policy must contain a valid version string');
  const statements: readonly unknown[] = Array.isArray(value.Statement) ? value.Statement : [value.Statement];
  return { Version: '2012-10-17', Statement: statements.map(parseStatement) };
}

function parseStatement(value: unknown): PolicyStatement {
  if (!isRecord(value)) throw malformed('Syntax errors in policy.');
  const { Effect, Sid } = value;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed('Invalid effect.');
  if (Sid !== undefined && (typeof Sid !== 'string' || !/^[A-Za-z0-9]*$/.test(Sid))) {
    throw malformed('Statement IDs (SID) must be alpha-numeric.');
  }
  if (value.Principal !== undefined) throw malformed('Policy document should not specify a principal.');
  const action = texts(value.Action);
  const notAction = texts(value.NotAction);
  const resource = texts(value.Resource);
  const notResource = texts(value.NotResource);
  if (!action === !notAction) throw malformed('Policy statement must contain actions.');
  if (!resource === !notResource) throw malformed('Policy statement must contain resources.');
  for (const name of [...(action ?? []), ...(notAction ?? [])]) {
    if (name !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(name)) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  const condition = value.Condition === undefined ? undefined : conditions(value.Condition);
  return {
    Effect,
    ...(typeof Sid === 'string' && { Sid }),
    ...(action && { Action: action }),
    ...(notAction && { NotAction: notAction }),
    ...(resource && { Resource: resource }),
    ...(notResource && { NotResource: notResource }),
    ...(condition && { Condition: condition }),
  };
}

function conditions(value: unknown): Record<string, Record<string, readonly string[]>> {
  if (!isRecord(value)) throw malformed('Syntax errors in policy.');
  const result: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, keys] of Object.entries(value)) {
    if (!isOperator(operator)) throw malformed(`Invalid Condition type : ${operator}.`);
    if (!isRecord(keys)) throw malformed('Syntax errors in policy.');
    result[operator] = Object.fromEntries(
      Object.entries(keys).map(([key, wanted]) => {
        const list = Array.isArray(wanted) ? wanted : [wanted];
        return [key, list.map((item) => String(item))];
      }),
    );
  }
  return result;
}

function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const strings = list.filter((item) => typeof item === 'string');
  if (strings.length !== list.length || strings.length === 0) throw malformed('Syntax errors in policy.');
  return strings;
}

function malformed(message: string): AwsFault {
  return new AwsFault('MalformedPolicyDocument', message);
}
