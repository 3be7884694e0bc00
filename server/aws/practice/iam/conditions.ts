import { BlockList, isIP } from 'node:net';
import type { PolicyStatement } from '../policy-document.ts';
import { arnMatches, globMatches } from './glob.ts';

/** Context keys of one request, lower-case; several values only where the key has several (`aws:TagKeys`). */
export type Context = ReadonlyMap<string, readonly string[]>;

type Match = (value: string, wanted: string) => boolean;

interface Operator {
  readonly match: Match;
  readonly negated: boolean;
}

const number =
  (test: (a: number, b: number) => boolean): Match =>
  (value, wanted) =>
    test(Number(value), Number(wanted));

const date =
  (test: (a: number, b: number) => boolean): Match =>
  (value, wanted) =>
    test(instant(value), instant(wanted));

/** ISO 8601 or seconds since the epoch; both may stand in a policy. */
function instant(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

const equals: Match = (value, wanted) => value === wanted;
const equalsIgnoringCase: Match = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const like: Match = (value, wanted) => globMatches(wanted, value);
const arn: Match = (value, wanted) => arnMatches(wanted, value);

const is = (match: Match): Operator => ({ match, negated: false });
const not = (match: Match): Operator => ({ match, negated: true });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: is(equals),
  stringnotequals: not(equals),
  stringequalsignorecase: is(equalsIgnoringCase),
  stringnotequalsignorecase: not(equalsIgnoringCase),
  stringlike: is(like),
  stringnotlike: not(like),
  numericequals: is(number((a, b) => a === b)),
  numericnotequals: not(number((a, b) => a === b)),
  numericlessthan: is(number((a, b) => a < b)),
  numericlessthanequals: is(number((a, b) => a <= b)),
  numericgreaterthan: is(number((a, b) => a > b)),
  numericgreaterthanequals: is(number((a, b) => a >= b)),
  dateequals: is(date((a, b) => a === b)),
  datenotequals: not(date((a, b) => a === b)),
  datelessthan: is(date((a, b) => a < b)),
  datelessthanequals: is(date((a, b) => a <= b)),
  dategreaterthan: is(date((a, b) => a > b)),
  dategreaterthanequals: is(date((a, b) => a >= b)),
  bool: is(equalsIgnoringCase),
  binaryequals: is(equals),
  ipaddress: is(inSubnet),
  notipaddress: not(inSubnet),
  arnequals: is(arn),
  arnlike: is(arn),
  arnnotequals: not(arn),
  arnnotlike: not(arn),
};

interface Parsed {
  readonly quantifier: 'all' | 'any' | null;
  readonly name: string;
  readonly ifExists: boolean;
}

function parseOperator(text: string): Parsed {
  const [first = '', second] = text.toLowerCase().split(':');
  const quantifier = first === 'forallvalues' ? 'all' : first === 'foranyvalue' ? 'any' : null;
  const name = quantifier ? (second ?? '') : text.toLowerCase();
  return { quantifier, name: name.replace(/ifexists$/, ''), ifExists: name.endsWith('ifexists') };
}

export function isOperator(text: string): boolean {
  const { name } = parseOperator(text);
  return name === 'null' || Object.hasOwn(OPERATORS, name);
}

/** Whether every condition of a statement holds; an unknown operator holds for a Deny only. */
export function conditionsHold(statement: PolicyStatement, context: Context): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const values = context.get(key.toLowerCase());
      const texts = typeof wanted === 'string' ? [wanted] : wanted;
      return isOperator(operator)
        ? holds(parseOperator(operator), values, texts, context)
        : statement.Effect === 'Deny';
    }),
  );
}

function holds(
  { quantifier, name, ifExists }: Parsed,
  values: readonly string[] | undefined,
  wanted: readonly string[],
  context: Context,
): boolean {
  const present = values !== undefined && values.length > 0;
  if (name === 'null') return wanted.some((text) => (text.toLowerCase() === 'true') !== present);
  const operator = OPERATORS[name];
  if (!operator) return false;
  if (!present) return ifExists || quantifier === 'all' || (operator.negated && quantifier !== 'any');

  const texts = wanted.map((text) =>
    substitute(text, context, operator.match === like || operator.match === arn),
  );
  const one = (value: string) =>
    operator.negated !== texts.some((text) => text !== null && operator.match(value, text));
  if (quantifier === 'any') return values.some(one);
  return operator.negated || quantifier === 'all' ? values.every(one) : values.some(one);
}

/**
 * Policy variables: `${aws:username}`, `${aws:PrincipalTag/lab, 'none'}`, and `${*}` for a literal
 * star. Null if a variable has no value: such an element matches nothing.
 */
export function substitute(text: string, context: Context, wild = true): string | null {
  if (!text.includes('${')) return text;
  let missing = false;
  const result = text.replaceAll(/\$\{([^}]*)\}/g, (_, inside: string) => {
    if (inside === '*' || inside === '?' || inside === '$') return inside;
    const m = /^\s*([^,]+?)\s*(?:,\s*'([^']*)')?\s*$/.exec(inside);
    const value = context.get((m?.[1] ?? '').toLowerCase())?.[0] ?? m?.[2];
    if (value === undefined) missing = true;
    // A value that brings its own wildcards must not become a pattern.
    if (value !== undefined && wild && /[*?]/.test(value)) missing = true;
    return value ?? '';
  });
  return missing ? null : result;
}

function inSubnet(value: string, wanted: string): boolean {
  const family = isIP(value);
  const [net = '', bits] = wanted.split('/');
  if (family === 0 || isIP(net) !== family) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(net, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits), type);
  return list.check(value, type);
}
