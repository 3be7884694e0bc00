import { BlockList, isIP } from 'node:net';
import type { PolicyStatement } from '../policy-document.ts';
import { type Test, textTest } from './variables.ts';

/** Context keys of one request, lower-case; several values only where the key has several (`aws:TagKeys`). */
export type Context = ReadonlyMap<string, readonly string[]>;

/** Whether a condition holds in a request. */
export type Condition = (context: Context) => boolean;

interface Operator {
  /** From the text in the policy to the test of a value. */
  readonly test: (wanted: string) => Test;
  readonly negated: boolean;
}

const compared =
  (read: (text: string) => number, holds: (a: number, b: number) => boolean) =>
  (wanted: string): Test => {
    const b = read(wanted);
    return (value) => holds(read(value), b);
  };

/** Decimal notation alone: neither empty text nor `0x10` is a number of IAM's. */
function number(text: string): number {
  return /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** ISO 8601 or seconds since the epoch; both may stand in a policy. */
function instant(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

const is = (test: Operator['test']): Operator => ({ test, negated: false });
const not = (test: Operator['test']): Operator => ({ test, negated: true });
const equals = (wanted: string) => textTest(wanted, 'equals');
const equalsIgnoringCase = (wanted: string) => textTest(wanted, 'equals ignoring case');
const like = (wanted: string) => textTest(wanted, 'like');
const arn = (wanted: string) => textTest(wanted, 'arn');

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    stringequals: is(equals),
    stringnotequals: not(equals),
    stringequalsignorecase: is(equalsIgnoringCase),
    stringnotequalsignorecase: not(equalsIgnoringCase),
    stringlike: is(like),
    stringnotlike: not(like),
    numericequals: is(compared(number, (a, b) => a === b)),
    numericnotequals: not(compared(number, (a, b) => a === b)),
    numericlessthan: is(compared(number, (a, b) => a < b)),
    numericlessthanequals: is(compared(number, (a, b) => a <= b)),
    numericgreaterthan: is(compared(number, (a, b) => a > b)),
    numericgreaterthanequals: is(compared(number, (a, b) => a >= b)),
    dateequals: is(compared(instant, (a, b) => a === b)),
    datenotequals: not(compared(instant, (a, b) => a === b)),
    datelessthan: is(compared(instant, (a, b) => a < b)),
    datelessthanequals: is(compared(instant, (a, b) => a <= b)),
    dategreaterthan: is(compared(instant, (a, b) => a > b)),
    dategreaterthanequals: is(compared(instant, (a, b) => a >= b)),
    bool: is(equalsIgnoringCase),
    binaryequals: is(equals),
    ipaddress: is(subnet),
    notipaddress: not(subnet),
    arnequals: is(arn),
    arnlike: is(arn),
    arnnotequals: not(arn),
    arnnotlike: not(arn),
  }),
);

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
  const { name, ifExists } = parseOperator(text);
  return name === 'null' ? !ifExists : OPERATORS.has(name);
}

/** The conditions of a statement, all of which must hold; an unknown operator holds for a Deny only. */
export function compileConditions(statement: PolicyStatement): readonly Condition[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]): Condition => {
      if (!isOperator(operator)) return () => statement.Effect === 'Deny';
      const texts = typeof wanted === 'string' ? [wanted] : wanted;
      return compiled(parseOperator(operator), key.toLowerCase(), texts);
    }),
  );
}

function compiled({ quantifier, name, ifExists }: Parsed, key: string, wanted: readonly string[]): Condition {
  if (name === 'null') {
    return (context) => {
      const absent = (context.get(key)?.length ?? 0) === 0;
      return wanted.some((text) => (text.toLowerCase() === 'true') === absent);
    };
  }
  const operator = OPERATORS.get(name);
  if (!operator) return () => false;
  const { negated } = operator;
  const tests = wanted.map(operator.test);
  const whenAbsent = ifExists || quantifier === 'all' || (negated && quantifier !== 'any');
  const every = quantifier === 'all' || (negated && quantifier !== 'any');
  return (context) => {
    const values = context.get(key);
    if (values === undefined || values.length === 0) return whenAbsent;
    const one = (value: string) => negated !== tests.some((test) => test(value, context));
    return every ? values.every(one) : values.some(one);
  };
}

/** A range of addresses, or one; of a text that is neither, none. */
function subnet(wanted: string): Test {
  const [net = '', bits] = wanted.split('/');
  const family = isIP(net);
  const longest = family === 4 ? 32 : 128;
  const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || !(length <= longest)) return () => false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(net, length, type);
  return (value) => isIP(value) === family && range.check(value, type);
}
