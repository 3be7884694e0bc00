import type { PolicyDocument, PolicyStatement } from '../policy-document.ts';
import { type Condition, type Context, compileConditions } from './conditions.ts';
import { globMatches } from './glob.ts';
import { textTest } from './variables.ts';

/** A statement ready to be asked; `action` in lower case. */
export interface CompiledStatement {
  readonly source: PolicyStatement;
  readonly isDeny: boolean;
  readonly action: (action: string) => boolean;
  readonly resource: (resource: string, context: Context) => boolean;
  readonly conditions: readonly Condition[];
}

const COMPILED = new WeakMap<PolicyDocument, readonly CompiledStatement[]>();

/** The statements of a document, compiled once for as long as the document lives; documents never change. */
export function compile(document: PolicyDocument): readonly CompiledStatement[] {
  const known = COMPILED.get(document);
  if (known) return known;
  const statements = document.Statement.map((source): CompiledStatement => {
    return {
      source,
      isDeny: source.Effect === 'Deny',
      action: actionTest(source),
      resource: resourceTest(source),
      conditions: compileConditions(source),
    };
  });
  COMPILED.set(document, statements);
  return statements;
}

function actionTest({ Action, NotAction }: PolicyStatement): CompiledStatement['action'] {
  const patterns = listed(Action ?? NotAction).map((pattern) => pattern.toLowerCase());
  if (Action === undefined && NotAction === undefined) return () => false;
  const exact = new Set(patterns.filter((pattern) => !/[*?]/.test(pattern)));
  const wild = patterns.filter((pattern) => /[*?]/.test(pattern));
  const among = (action: string) => exact.has(action) || wild.some((pattern) => globMatches(pattern, action));
  return Action === undefined ? (action) => !among(action) : among;
}

function resourceTest({ Resource, NotResource }: PolicyStatement): CompiledStatement['resource'] {
  if (Resource === undefined && NotResource === undefined) return () => false;
  const tests = listed(Resource ?? NotResource).map((pattern) => textTest(pattern, 'arn'));
  const among: CompiledStatement['resource'] = (resource, context) =>
    tests.some((test) => test(resource, context));
  return Resource === undefined ? (resource, context) => !among(resource, context) : among;
}

/** One or several, as policies write both. */
export function listed(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
