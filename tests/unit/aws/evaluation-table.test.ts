/** What AWS documents of policy evaluation, page by page (under docs.aws.amazon.com/IAM/latest/UserGuide). */
import { expect, test } from 'vitest';
import { evaluate, evaluateBeside, type Layers } from '../../../server/aws/practice/iam/evaluate.ts';
import type { PolicyDocument, PolicyStatement } from '../../../server/aws/practice/policy-document.ts';

type Texts = string | readonly string[];

const ACCOUNT = '123456789012';
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Lab/mari`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/lab/Lab`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const OBJECT = 'arn:aws:s3:::reports/2026/nov.csv';

const doc = (...Statement: readonly PolicyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement,
});
const allow = (rest: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  ...(rest.NotAction === undefined && { Action: '*' }),
  ...(rest.NotResource === undefined && { Resource: '*' }),
  ...rest,
});
const deny = (rest: Partial<PolicyStatement> = {}): PolicyStatement => ({ ...allow(rest), Effect: 'Deny' });
const ALL = doc(allow());
const NOTHING = doc(allow({ Action: 'sqs:*' }));
const layers = (over: Partial<Layers> = {}): Layers => ({
  scp: null,
  identity: [ALL],
  boundary: null,
  session: null,
  ...over,
});

const context = new Map<string, readonly string[]>([
  ['aws:username', ['mari']],
  ['aws:sourceidentity', ['mari']],
  ['aws:principaltag/team', ['Garden']],
  ['aws:principaltag/star', ['r*']],
  ['aws:principaltag/empty', ['']],
  ['aws:tagkeys', ['lab', 'run']],
  ['aws:sourceip', ['203.0.113.7']],
  ['test:ipv6', ['2001:db8:1234::7']],
  ['aws:currenttime', ['2026-11-24T06:00:00Z']],
  ['aws:epochtime', ['1795500000']],
  ['aws:securetransport', ['true']],
  ['aws:principalarn', [ROLE]],
  ['s3:max-keys', ['10']],
  ['test:decimal', ['2.5']],
  ['test:negative', ['-3']],
  ['test:binary', ['QmluYXJ5']],
  ['test:word', ['ten']],
  ['test:none', []],
]);

/** Holds, or does not: the operator, the key, what the policy wants. */
type Case = readonly [operator: string, key: string, wanted: Texts, holds: boolean];

/** reference_policies_elements_condition_operators.html */
const OPERATORS: readonly Case[] = [
  ['StringEquals', 'aws:username', 'mari', true],
  ['stringequals', 'AWS:UserName', 'mari', true],
  ['StringEquals', 'aws:username', 'MARI', false],
  ['StringEquals', 'aws:username', 'mar*', false],
  ['StringEquals', 'aws:username', ['ken', 'mari'], true],
  ['StringEquals', 'aws:username', [], false],
  ['StringEquals', 'test:absent', 'mari', false],
  ['StringEquals', 'test:none', 'mari', false],
  ['StringEquals', 'aws:PrincipalTag/empty', '', true],
  ['StringNotEquals', 'aws:username', 'mari', false],
  ['StringNotEquals', 'aws:username', 'MARI', true],
  ['StringNotEquals', 'aws:username', ['ken', 'mari'], false],
  ['StringNotEquals', 'aws:username', ['ken', 'ayu'], true],
  ['StringNotEquals', 'test:absent', 'mari', true],
  ['StringEqualsIgnoreCase', 'aws:username', 'MARI', true],
  ['StringEqualsIgnoreCase', 'aws:username', 'MARIA', false],
  ['StringNotEqualsIgnoreCase', 'aws:username', 'MARI', false],
  ['StringNotEqualsIgnoreCase', 'aws:username', 'KEN', true],
  ['StringLike', 'aws:username', 'm*', true],
  ['StringLike', 'aws:username', 'm??i', true],
  ['StringLike', 'aws:username', 'm?i', false],
  ['StringLike', 'aws:username', 'M*', false],
  ['StringLike', 'aws:username', '*', true],
  ['StringLike', 'aws:username', 'mari*', true],
  ['StringLike', 'aws:username', 'mari?', false],
  ['StringLike', 'aws:PrincipalTag/empty', '?*', false],
  ['StringNotLike', 'aws:username', 'm*', false],
  ['StringNotLike', 'aws:username', ['k*', 'x*'], true],
  ['StringNotLike', 'test:absent', '*', true],
  ['NumericEquals', 's3:max-keys', '10', true],
  ['NumericEquals', 's3:max-keys', '10.0', true],
  ['NumericEquals', 's3:max-keys', '11', false],
  ['NumericEquals', 'test:negative', '-3', true],
  ['NumericEquals', 'test:word', '10', false],
  ['NumericEquals', 'aws:PrincipalTag/empty', '0', false],
  ['NumericEquals', 's3:max-keys', '0xA', false],
  ['NumericNotEquals', 's3:max-keys', '11', true],
  ['NumericNotEquals', 's3:max-keys', '10', false],
  ['NumericNotEquals', 'test:absent', '10', true],
  ['NumericLessThan', 's3:max-keys', '10', false],
  ['NumericLessThan', 'test:decimal', '2.6', true],
  ['NumericLessThan', 'test:absent', '10', false],
  ['NumericLessThanEquals', 's3:max-keys', '10', true],
  ['NumericLessThanEquals', 's3:max-keys', '9', false],
  ['NumericGreaterThan', 's3:max-keys', '9', true],
  ['NumericGreaterThan', 's3:max-keys', '10', false],
  ['NumericGreaterThanEquals', 's3:max-keys', '10', true],
  ['NumericGreaterThanEquals', 's3:max-keys', '10.5', false],
  ['DateEquals', 'aws:CurrentTime', '2026-11-24T06:00:00Z', true],
  ['DateEquals', 'aws:CurrentTime', '2026-11-24T15:00:00+09:00', true],
  ['DateEquals', 'aws:EpochTime', '1795500000', true],
  ['DateEquals', 'aws:CurrentTime', '2026-11-24', false],
  ['DateNotEquals', 'aws:CurrentTime', '2026-11-24T06:00:00Z', false],
  ['DateNotEquals', 'aws:CurrentTime', '2026-11-25T06:00:00Z', true],
  ['DateLessThan', 'aws:CurrentTime', '2026-11-24T06:00:00Z', false],
  ['DateLessThan', 'aws:CurrentTime', '2026-11-24T06:00:01Z', true],
  ['DateLessThan', 'aws:TokenIssueTime', '2026-11-24T06:00:00Z', false],
  ['DateLessThanEquals', 'aws:CurrentTime', '2026-11-24T06:00:00Z', true],
  ['DateLessThanEquals', 'aws:CurrentTime', '2026-11-23T06:00:00Z', false],
  ['DateGreaterThan', 'aws:CurrentTime', '2026-11-24', true],
  ['DateGreaterThan', 'aws:CurrentTime', '2026-11-24T06:00:00Z', false],
  ['DateGreaterThan', 'aws:CurrentTime', 'yesterday', false],
  ['DateGreaterThanEquals', 'aws:CurrentTime', '2026-11-24T06:00:00Z', true],
  ['DateGreaterThanEquals', 'aws:CurrentTime', '2026-11-25', false],
  ['Bool', 'aws:SecureTransport', 'true', true],
  ['Bool', 'aws:SecureTransport', 'True', true],
  ['Bool', 'aws:SecureTransport', 'false', false],
  ['Bool', 'test:absent', 'false', false],
  ['BinaryEquals', 'test:binary', 'QmluYXJ5', true],
  ['BinaryEquals', 'test:binary', 'qmluyxj5', false],
  ['BinaryEquals', 'test:binary', 'Qmlu*', false],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', true],
  ['IpAddress', 'aws:SourceIp', '203.0.113.7', true],
  ['IpAddress', 'aws:SourceIp', '203.0.113.8', false],
  ['IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/29'], true],
  ['IpAddress', 'aws:SourceIp', '0.0.0.0/0', true],
  ['IpAddress', 'aws:SourceIp', '203.0.113.7/99', false],
  ['IpAddress', 'aws:SourceIp', 'home', false],
  ['IpAddress', 'aws:SourceIp', '2001:db8::/32', false],
  ['IpAddress', 'test:ipv6', '2001:db8:1234::/48', true],
  ['IpAddress', 'test:ipv6', '2001:db8:1235::/48', false],
  ['IpAddress', 'test:absent', '0.0.0.0/0', false],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', false],
  ['NotIpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/24'], false],
  ['NotIpAddress', 'aws:SourceIp', '10.0.0.0/8', true],
  ['NotIpAddress', 'test:absent', '10.0.0.0/8', true],
  ['ArnEquals', 'aws:PrincipalArn', ROLE, true],
  ['ArnEquals', 'aws:PrincipalArn', `arn:aws:iam::${ACCOUNT}:role/lab/*`, true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*', true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*role/lab/Lab', false],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::12345678901?:role/lab/La?', true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/*', false],
  ['ArnNotEquals', 'aws:PrincipalArn', ROLE, false],
  ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/*', true],
  ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*', false],
  ['ArnNotLike', 'test:absent', 'arn:aws:iam::*:role/*', true],
  ['Null', 'test:absent', 'true', true],
  ['Null', 'test:absent', 'false', false],
  ['Null', 'test:none', 'true', true],
  ['Null', 'aws:username', 'true', false],
  ['Null', 'aws:username', 'false', true],
  ['StringEqualsIfExists', 'test:absent', 'x', true],
  ['StringEqualsIfExists', 'aws:username', 'x', false],
  ['StringEqualsIfExists', 'aws:username', 'mari', true],
  ['StringNotEqualsIfExists', 'test:absent', 'x', true],
  ['StringNotEqualsIfExists', 'aws:username', 'mari', false],
  ['StringLikeIfExists', 'test:absent', 'x*', true],
  ['NumericLessThanIfExists', 'test:absent', '5', true],
  ['NumericLessThanIfExists', 's3:max-keys', '5', false],
  ['DateLessThanIfExists', 'test:absent', '2020-01-01', true],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true', true],
  ['IpAddressIfExists', 'test:absent', '10.0.0.0/8', true],
  ['IpAddressIfExists', 'aws:SourceIp', '10.0.0.0/8', false],
  ['ArnLikeIfExists', 'test:absent', 'arn:aws:iam::*:role/*', true],
  ['NullIfExists', 'test:absent', 'true', false],
  ['StringMatches', 'aws:username', 'mari', false],
];

/** reference_policies_condition-single-vs-multi-valued-context-keys.html */
const SETS: readonly Case[] = [
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['lab', 'run', 'who'], true],
  ['ForAllValues:StringEquals', 'aws:TagKeys', 'lab', false],
  ['ForAllValues:StringEquals', 'test:absent', 'lab', true],
  ['ForAllValues:StringEquals', 'test:none', 'lab', true],
  ['ForAllValues:StringLike', 'aws:TagKeys', ['l*', 'r*'], true],
  ['ForAllValues:StringNotEquals', 'aws:TagKeys', 'who', true],
  ['ForAllValues:StringNotEquals', 'aws:TagKeys', 'run', false],
  ['ForAllValues:StringNotLike', 'test:absent', '*', true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', 'run', true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', 'who', false],
  ['ForAnyValue:StringEquals', 'test:absent', 'lab', false],
  ['ForAnyValue:StringEquals', 'test:none', 'lab', false],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', 'run', true],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['lab', 'run'], false],
  ['ForAnyValue:StringNotEquals', 'test:absent', 'lab', false],
  ['ForAnyValue:StringLike', 'aws:TagKeys', 'r?n', true],
  ['ForAnyValue:StringEqualsIfExists', 'test:absent', 'lab', true],
  ['forallvalues:stringequals', 'aws:TagKeys', ['lab', 'run'], true],
];

const variable = (inside: string) => ['$', '{', inside, '}'].join('');

/** reference_policies_variables.html */
const VARIABLES: readonly Case[] = [
  ['StringEquals', 'aws:SourceIdentity', variable('aws:username'), true],
  ['StringEquals', 'aws:SourceIdentity', variable('AWS:USERNAME'), true],
  ['StringEquals', 'aws:PrincipalTag/team', variable('aws:username'), false],
  ['StringEquals', 'aws:username', variable('test:absent'), false],
  ['StringNotEquals', 'aws:username', variable('test:absent'), true],
  ['StringEquals', 'aws:username', variable("test:absent, 'mari'"), true],
  ['StringEquals', 'aws:username', variable("aws:PrincipalTag/team, 'mari'"), false],
  ['StringEquals', 'aws:username', variable('aws:TagKeys'), false],
  ['StringLike', 'aws:username', `${variable('aws:username')}*`, true],
  ['StringLike', 'aws:PrincipalTag/star', variable('aws:PrincipalTag/star'), true],
  ['StringLike', 'test:word', variable('*'), false],
  ['StringEquals', 'aws:PrincipalTag/star', `r${variable('*')}`, true],
  ['StringLike', 'aws:PrincipalTag/star', `r${variable('*')}`, true],
  ['StringLike', 'aws:PrincipalTag/team', `Gar${variable('?')}en`, false],
  ['ArnLike', 'aws:PrincipalArn', `arn:aws:iam::*:role/lab/${variable("x:y, 'Lab'")}`, true],
];

function holdsAsTold(...[operator, key, wanted, holds]: Case): void {
  const identity = [doc(allow({ Condition: { [operator]: { [key]: wanted } } }))];
  const question = { action: 's3:GetObject', resource: OBJECT, context };
  expect(evaluate(layers({ identity }), question).allowed).toBe(holds);
}

test.each(OPERATORS)('IAM-2 condition operators: %s %s %j holds: %s', holdsAsTold);
test.each(SETS)('IAM-2 keys of several values: %s %s %j holds: %s', holdsAsTold);
test.each(VARIABLES)('IAM-10 variables: %s %s %j holds: %s', holdsAsTold);

/** reference_policies_elements_action.html, …_notaction.html, …_resource.html, …_notresource.html */
test.each<readonly [statement: Partial<PolicyStatement>, matches: boolean]>([
  [{ Action: 's3:GetObject' }, true],
  [{ Action: 'S3:getobject' }, true],
  [{ Action: 's3:Get*' }, true],
  [{ Action: 's3:*Object' }, true],
  [{ Action: 's3:Get?bject' }, true],
  [{ Action: 's3:GetObject?' }, false],
  [{ Action: ['ec2:*', 's3:Put*'] }, false],
  [{ Action: [] }, false],
  [{ NotAction: 's3:*' }, false],
  [{ NotAction: 'S3:GETOBJECT' }, false],
  [{ NotAction: ['iam:*', 'sts:*'] }, true],
  [{ Resource: OBJECT }, true],
  [{ Resource: OBJECT.toUpperCase() }, false],
  [{ Resource: 'arn:aws:s3:::reports/*' }, true],
  [{ Resource: 'arn:aws:s3:::reports' }, false],
  [{ Resource: 'arn:aws:s3:::report?/2026/*' }, true],
  [{ Resource: 'arn:*:s3:*:*:reports/*.csv' }, true],
  [{ Resource: 'arn:aws:*reports/2026/nov.csv' }, false],
  [{ Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::reports/*'] }, true],
  [{ NotResource: 'arn:aws:s3:::reports/*' }, false],
  [{ NotResource: 'arn:aws:s3:::private/*' }, true],
  [{ NotResource: ['arn:aws:s3:::private/*', OBJECT] }, false],
  [{ Resource: `arn:aws:s3:::${variable("x:y, 'reports'")}/*` }, true],
  [{ Resource: `arn:aws:s3:::${variable('test:absent')}/*` }, false],
  [{ Resource: `arn:aws:s3:::${variable('aws:PrincipalTag/star')}/2026/nov.csv` }, false],
])('IAM-1 elements: %j matches: %s', (statement, matches) => {
  const question = { action: 's3:GetObject', resource: OBJECT, context };
  expect(evaluate(layers({ identity: [doc(allow(statement))] }), question).allowed).toBe(matches);
});

const by = (AWS: Texts, rest: Partial<PolicyStatement> = {}) =>
  doc(allow({ Principal: { AWS }, Sid: 'Given', ...rest }));
const caller = { arn: SESSION, roleArn: ROLE, accountId: ACCOUNT };
const bare = layers({ identity: [] });

/** reference_policies_evaluation-logic_policy-eval-denyallow.html, access_policies_boundaries.html */
test.each<readonly [name: string, layers: Layers, policy: PolicyDocument, decision: string]>([
  ['the role, nothing of its own', bare, by(ROLE), 'allowed'],
  ['the session, nothing of its own', bare, by(SESSION), 'allowed'],
  ['everybody', bare, doc(allow({ Principal: '*' })), 'allowed'],
  ['everybody, as AWS', bare, by('*'), 'allowed'],
  ['the account, nothing of its own', bare, by(ROOT), 'identity implicit'],
  ['the account by number', bare, by(ACCOUNT), 'identity implicit'],
  ['the account, which its own policies use', layers(), by(ROOT), 'allowed'],
  ['somebody else', bare, by(`${ROLE}x`), 'identity implicit'],
  ['somebody else, own policies allow', layers(), by(`${ROLE}x`), 'allowed'],
  ['the role, within a boundary', layers({ identity: [], boundary: NOTHING }), by(ROLE), 'boundary implicit'],
  [
    'the role, within a session policy',
    layers({ identity: [], session: NOTHING }),
    by(ROLE),
    'session implicit',
  ],
  ['the session, beyond its boundary', layers({ identity: [], boundary: NOTHING }), by(SESSION), 'allowed'],
  ['the session, beyond its policy', layers({ identity: [], session: NOTHING }), by(SESSION), 'allowed'],
  ['the session, under an SCP', layers({ identity: [], scp: [NOTHING] }), by(SESSION), 'scp implicit'],
  ['the session, denied by boundary', layers({ boundary: doc(deny()) }), by(SESSION), 'boundary explicit'],
  ['the session, denied by session', layers({ session: doc(deny()) }), by(SESSION), 'session explicit'],
  ['the session, denied by identity', layers({ identity: [doc(deny())] }), by(SESSION), 'identity explicit'],
  ['a deny of the role', layers(), doc(deny({ Principal: { AWS: ROLE } })), 'resource explicit'],
  ['a deny of somebody else', layers(), doc(deny({ Principal: { AWS: `${ROLE}x` } })), 'allowed'],
  ['a deny of all but others', layers(), doc(deny({ NotPrincipal: { AWS: [ROOT] } })), 'resource explicit'],
  [
    'a deny of all but the role',
    layers(),
    doc(deny({ NotPrincipal: { AWS: [ROOT, ROLE] } })),
    'resource explicit',
  ],
  [
    'a deny of all but session, role, account',
    layers(),
    doc(deny({ NotPrincipal: { AWS: [ROOT, ROLE, SESSION] } })),
    'allowed',
  ],
  ['the role, another object', bare, by(ROLE, { Resource: 'arn:aws:s3:::a' }), 'identity implicit'],
  ['the role, another action', bare, by(ROLE, { Action: 's3:Put*' }), 'identity implicit'],
])('IAM-9 a resource that names %s', (_, around, policy, expected) => {
  const question = { action: 's3:GetObject', resource: OBJECT, context };
  const decision = evaluateBeside(around, policy, caller, question);
  expect(decision.allowed ? 'allowed' : `${decision.layer} ${decision.effect}`).toBe(expected);
  if (decision.allowed && around === bare && policy.Statement[0]?.Sid) {
    expect(decision.by).toEqual({ identity: null, session: null, resource: 'Given' });
  }
});
