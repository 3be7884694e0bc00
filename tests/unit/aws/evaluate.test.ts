import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Context } from '../../../server/aws/practice/iam/conditions.ts';
import {
  evaluate,
  evaluateBeside,
  type Layers,
  type Question,
} from '../../../server/aws/practice/iam/evaluate.ts';
import { arnMatches, globMatches } from '../../../server/aws/practice/iam/glob.ts';
import type { PolicyDocument, PolicyStatement } from '../../../server/aws/practice/policy-document.ts';

const SERVICE = 'arn:aws:ecs:ap-northeast-1:123456789012:service/prod/web';
const doc = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], rest: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...rest,
});
const deny = (Action: string | string[], rest: Partial<PolicyStatement> = {}): PolicyStatement => ({
  ...allow(Action, rest),
  Effect: 'Deny',
});
const layers = (over: Partial<Layers>): Layers => ({
  scp: null,
  identity: [],
  boundary: null,
  session: null,
  ...over,
});
const ask = (over: Partial<Question> = {}): Question => ({
  action: 'ecs:UpdateService',
  resource: SERVICE,
  context: new Map(),
  ...over,
});
const ALL = doc(allow('*'));

test.each<[name: string, layers: Layers, expected: string]>([
  ['nothing allows', layers({}), 'identity implicit'],
  ['the identity policy allows', layers({ identity: [ALL] }), 'allowed'],
  [
    'the identity policy allows another action',
    layers({ identity: [doc(allow('ecs:List*'))] }),
    'identity implicit',
  ],
  ['a session policy that allows too', layers({ identity: [ALL], session: ALL }), 'allowed'],
  [
    'a session policy that does not',
    layers({ identity: [ALL], session: doc(allow('ecs:List*')) }),
    'session implicit',
  ],
  ['only the session policy allows', layers({ session: ALL }), 'identity implicit'],
  ['only the boundary allows', layers({ boundary: ALL }), 'identity implicit'],
  [
    'a boundary that does not allow',
    layers({ identity: [ALL], boundary: doc(allow('s3:*')) }),
    'boundary implicit',
  ],
  [
    'a boundary that denies',
    layers({ identity: [ALL], boundary: doc(allow('*'), deny('ecs:*', { Sid: 'No' })) }),
    'boundary explicit No',
  ],
  ['an SCP that does not allow', layers({ identity: [ALL], scp: [doc(allow('s3:*'))] }), 'scp implicit'],
  ['an SCP that denies', layers({ identity: [ALL], scp: [ALL, doc(deny('*'))] }), 'scp explicit'],
  [
    'an identity policy that denies',
    layers({ identity: [ALL, doc(deny('ecs:Update*', { Sid: 'Freeze' }))] }),
    'identity explicit Freeze',
  ],
  [
    'a session policy that denies',
    layers({ identity: [ALL], session: doc(allow('*'), deny('ecs:*')) }),
    'session explicit',
  ],
  [
    'NotAction leaves the action out',
    layers({ identity: [doc({ Effect: 'Allow', NotAction: 'ecs:*', Resource: '*' })] }),
    'identity implicit',
  ],
  [
    'NotResource leaves the resource out',
    layers({ identity: [doc({ Effect: 'Allow', Action: '*', NotResource: SERVICE })] }),
    'identity implicit',
  ],
  [
    'another resource',
    layers({ identity: [doc(allow('*', { Resource: SERVICE.replace('web', 'db') }))] }),
    'identity implicit',
  ],
  [
    'a wildcard in the resource',
    layers({ identity: [doc(allow('*', { Resource: SERVICE.replace('web', '*') }))] }),
    'allowed',
  ],
  ['actions in any case', layers({ identity: [doc(allow('ECS:updateservice'))] }), 'allowed'],
])('IAM-1 %s', (_, around, expected) => {
  const decision = evaluate(around, ask());
  const text = decision.allowed
    ? 'allowed'
    : [decision.layer, decision.effect, decision.sid].filter(Boolean).join(' ');
  expect(text).toBe(expected);
});

const context: Context = new Map([
  ['aws:sourceidentity', ['mari']],
  ['aws:principaltag/lab', ['lab1']],
  ['aws:tagkeys', ['learner', 'lab']],
  ['aws:requestedregion', ['ap-northeast-1']],
  ['aws:sourceip', ['203.0.113.7']],
  ['aws:currenttime', ['2026-11-23T00:00:00Z']],
  ['aws:multifactorauthpresent', ['false']],
  ['aws:principalarn', ['arn:aws:sts::123456789012:assumed-role/Lab/mari']],
  ['s3:max-keys', ['10']],
]);

test.each<[operator: string, key: string, wanted: string | string[], holds: boolean]>([
  ['StringEquals', 'aws:SourceIdentity', 'mari', true],
  ['StringEquals', 'aws:SourceIdentity', ['ken', 'mari'], true],
  ['StringEquals', 'aws:SourceIdentity', 'Mari', false],
  ['StringEqualsIgnoreCase', 'aws:SourceIdentity', 'Mari', true],
  ['StringNotEquals', 'aws:SourceIdentity', ['ken', 'mari'], false],
  ['StringNotEquals', 'aws:Absent', 'x', true],
  ['StringEquals', 'aws:Absent', 'x', false],
  ['StringEqualsIfExists', 'aws:Absent', 'x', true],
  ['StringEqualsIfExists', 'aws:SourceIdentity', 'x', false],
  ['StringLike', 'aws:SourceIdentity', 'm?r*', true],
  ['StringLike', 'aws:SourceIdentity', '?*', true],
  ['StringNotLike', 'aws:SourceIdentity', 'm*', false],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: policy variables are written like this
  ['StringEquals', 'aws:PrincipalTag/lab', '${aws:PrincipalTag/lab}', true],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
  ['StringEquals', 'aws:SourceIdentity', "${aws:Absent, 'mari'}", true],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
  ['StringEquals', 'aws:SourceIdentity', '${aws:Absent}', false],
  ['NumericLessThan', 's3:max-keys', '11', true],
  ['NumericGreaterThanEquals', 's3:max-keys', '11', false],
  ['NumericEquals', 's3:max-keys', 'ten', false],
  ['DateLessThan', 'aws:CurrentTime', '2026-11-24T00:00:00Z', true],
  ['DateGreaterThan', 'aws:CurrentTime', '1795996800', false],
  ['Bool', 'aws:MultiFactorAuthPresent', 'true', false],
  ['BoolIfExists', 'aws:Absent', 'true', true],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', true],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', false],
  ['IpAddress', 'aws:SourceIp', '2001:db8::/32', false],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:sts::*:assumed-role/Lab/*', true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:*:assumed-role/Lab/*', false],
  ['ArnNotEquals', 'aws:PrincipalArn', 'arn:aws:sts::123456789012:assumed-role/Lab/ken', true],
  ['Null', 'aws:Absent', 'true', true],
  ['Null', 'aws:SourceIdentity', 'true', false],
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['learner', 'lab', 'run'], true],
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['learner'], false],
  ['ForAllValues:StringEquals', 'aws:Absent', 'x', true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', ['lab', 'x'], true],
  ['ForAnyValue:StringEquals', 'aws:Absent', 'x', false],
  ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['root'], true],
  ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['lab'], false],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['lab'], true],
  ['NoSuchOperator', 'aws:SourceIdentity', 'mari', false],
])('IAM-2 %s %s %j holds: %s', (operator, key, wanted, holds) => {
  const statement = allow('*', { Condition: { [operator]: { [key]: wanted } } });
  expect(evaluate(layers({ identity: [doc(statement)] }), ask({ context })).allowed).toBe(holds);
});

test('IAM-2 an operator that nobody knows holds in a Deny: wrong policies fail closed', () => {
  const condition = { Condition: { NoSuchOperator: { 'aws:x': 'y' } } };
  expect(evaluate(layers({ identity: [ALL, doc(deny('*', condition))] }), ask()).allowed).toBe(false);
});

const broker = { arn: 'arn:aws:iam::123456789012:user/Broker', roleArn: null, accountId: '123456789012' };
const assume = ask({ action: 'sts:AssumeRole', resource: 'arn:aws:iam::123456789012:role/lab/L' });
const trust = (AWS: string, rest: Partial<PolicyStatement> = {}) =>
  doc({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...rest });

test.each<[name: string, layers: Layers, trust: PolicyDocument, expected: string]>([
  ['names the caller', layers({}), trust(broker.arn), 'allowed'],
  ['names the account, and the caller may', layers({ identity: [ALL] }), trust('123456789012'), 'allowed'],
  ['names the account, and the caller may not', layers({}), trust('123456789012'), 'identity implicit'],
  [
    'names somebody else',
    layers({ identity: [ALL] }),
    trust('arn:aws:iam::123456789012:user/Other'),
    'trust implicit',
  ],
  [
    'names the caller under a condition that fails',
    layers({ identity: [ALL] }),
    trust(broker.arn, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
    'trust implicit',
  ],
  [
    'names the caller, whose boundary denies',
    layers({ identity: [ALL], boundary: doc(allow('*'), deny('sts:*')) }),
    trust(broker.arn),
    'boundary explicit',
  ],
])('IAM-3 a trust policy that %s', (_, around, policy, expected) => {
  const decision = evaluateBeside(around, policy, broker, assume, 'trust');
  expect(decision.allowed ? 'allowed' : `${decision.layer} ${decision.effect}`).toBe(expected);
});

/** Random cases for each property. */
const RUNS = { numRuns: process.env.DOJOU_TEST_FULL ? 100_000 : 1_000 };

const action = fc.constantFrom(
  'ecs:UpdateService',
  'ecs:List*',
  'ecs:*',
  '*',
  's3:GetObject',
  'ecs:Update?ervice',
);
const statement: fc.Arbitrary<PolicyStatement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.array(action, { minLength: 1, maxLength: 3 }),
  Resource: fc.constantFrom('*', SERVICE, 'arn:aws:ecs:*:*:service/*', 'arn:aws:s3:::x'),
});
const document = fc.array(statement, { maxLength: 4 }).map((list) => doc(...list));
const around: fc.Arbitrary<Layers> = fc.record({
  scp: fc.option(fc.array(document, { maxLength: 2 })),
  identity: fc.array(document, { maxLength: 2 }),
  boundary: fc.option(document),
  session: fc.option(document),
});

test('IAM-4 an explicit deny wins, in whatever layer it stands', () => {
  fc.assert(
    fc.property(around, fc.constantFrom('scp', 'identity', 'boundary', 'session'), (base, layer) => {
      const no = doc(allow('*'), deny('ecs:UpdateService'));
      const withDeny: Layers = {
        ...base,
        ...(layer === 'scp' && { scp: [...(base.scp ?? [ALL]), no] }),
        ...(layer === 'identity' && { identity: [...base.identity, no] }),
        ...(layer === 'boundary' && { boundary: no }),
        ...(layer === 'session' && { session: no }),
      };
      const decision = evaluate(withDeny, ask());
      return !decision.allowed && decision.effect === 'explicit';
    }),
    RUNS,
  );
});

test('IAM-5 a session policy, a boundary or an SCP never widens', () => {
  fc.assert(
    fc.property(around, document, (base, extra) => {
      const bare = evaluate({ ...base, session: null, boundary: null, scp: null }, ask()).allowed;
      const narrowed = [
        evaluate({ ...base, session: extra }, ask()),
        evaluate({ ...base, boundary: extra }, ask()),
        evaluate({ ...base, scp: [extra] }, ask()),
      ];
      return narrowed.every((decision) => bare || !decision.allowed);
    }),
    RUNS,
  );
});

test('IAM-6 a boundary alone grants nothing', () => {
  fc.assert(
    fc.property(document, (boundary) => !evaluate(layers({ boundary }), ask()).allowed),
    RUNS,
  );
});

test('IAM-7 the order of statements changes nothing', () => {
  fc.assert(
    fc.property(around, (base) => {
      const turned = (d: PolicyDocument) => doc(...d.Statement.toReversed());
      const reversed: Layers = {
        scp: base.scp?.map(turned).toReversed() ?? null,
        identity: base.identity.map(turned).toReversed(),
        boundary: base.boundary && turned(base.boundary),
        session: base.session && turned(base.session),
      };
      return evaluate(base, ask()).allowed === evaluate(reversed, ask()).allowed;
    }),
    RUNS,
  );
});

test('IAM-8 wildcards are linear, and a star in an ARN never reaches over a colon', () => {
  expect(globMatches('a*b?d', 'axxbcd')).toBe(true);
  expect(globMatches('a*b?d', 'axxbd')).toBe(false);
  expect(arnMatches('arn:aws:ecs:*:service/web', 'arn:aws:ecs:tokyo:1:service/web')).toBe(false);
  const started = performance.now();
  expect(globMatches(`${'*a'.repeat(40)}b`, 'a'.repeat(2_000))).toBe(false);
  // An exponential matcher would not come back in this life; the bound only tells the two apart.
  expect(performance.now() - started).toBeLessThan(5_000);
});
