/** The wire: from signed HTTP requests to operations with parameters, and back; it knows no state. */
import { AwsFault } from '../fault.ts';
import { LIMITS } from '../limits.ts';
import type { WireRequest } from '../world.ts';

/** AWS's wire protocols, as far as a client needs them to understand an answer. */
export type Protocol = 'query' | 'ec2' | 'json' | 'rest-json' | 'rest-xml';

/** What can be told of a request before anybody is trusted. */
export interface Target {
  /** Signing name: `ecs`, `sts`, `s3`. */
  readonly service: string;
  readonly protocol: Protocol;
  /** AWS's operation name, null where a REST path hides it. */
  readonly operation: string | null;
  /** ARN of what a REST path names, for the sentence of a refusal; `*` elsewhere. */
  readonly resource: string;
}

/** Services whose operations travel as form fields, by signing name. */
const QUERY_SERVICES = new Set([
  'autoscaling',
  'cloudformation',
  'cloudsearch',
  'elasticache',
  'elasticbeanstalk',
  'elasticloadbalancing',
  'iam',
  'monitoring',
  'rds',
  'redshift',
  'ses',
  'sns',
  'sqs',
  'sts',
]);

const REST_XML_SERVICES = new Set(['s3', 'route53', 'cloudfront']);

/** Signing names by `X-Amz-Target` prefix; a map, since a learner chooses the key. */
const TARGET_SERVICES: ReadonlyMap<string, string> = new Map([
  ['AmazonEC2ContainerServiceV20141113', 'ecs'],
  ['AmazonEC2ContainerRegistry_V20150921', 'ecr'],
  ['Logs_20140328', 'logs'],
  ['GraniteServiceVersion20100801', 'monitoring'],
  ['AmazonSSM', 'ssm'],
  ['secretsmanager', 'secretsmanager'],
  ['DynamoDB_20120810', 'dynamodb'],
  ['TrentService', 'kms'],
  ['com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101', 'cloudtrail'],
]);

/** Service and protocol alone, without a look at the body: enough to refuse in the right words. */
export function addressOf(request: WireRequest): Pick<Target, 'service' | 'protocol'> {
  const amzTarget = request.headers['x-amz-target'];
  const scoped = scopedService(request);
  if (amzTarget) {
    const prefix = amzTarget.slice(0, amzTarget.lastIndexOf('.'));
    return { service: TARGET_SERVICES.get(prefix) ?? scoped ?? 'unknown', protocol: 'json' };
  }
  const service = scoped ?? 'sts';
  if (service === 'ec2') return { service, protocol: 'ec2' };
  if (QUERY_SERVICES.has(service)) return { service, protocol: 'query' };
  return { service, protocol: REST_XML_SERVICES.has(service) ? 'rest-xml' : 'rest-json' };
}

export function targetOf(request: WireRequest): Target {
  const address = addressOf(request);
  if (address.service === 's3' && address.protocol === 'rest-xml') return s3Target(request);
  const amzTarget = request.headers['x-amz-target'] ?? '';
  const operation =
    address.protocol === 'json'
      ? operationName(amzTarget.slice(amzTarget.lastIndexOf('.') + 1))
      : address.protocol === 'query' || address.protocol === 'ec2'
        ? operationName(formOf(request).get('Action'))
        : null;
  return { ...address, operation, resource: '*' };
}

/** The service in the credential scope, `AKID/date/region/service/aws4_request`, unverified. */
function scopedService(request: WireRequest): string | null {
  const { authorization } = request.headers;
  const credential =
    authorization === undefined
      ? queryOf(request).get('X-Amz-Credential')
      : (authorization.split('Credential=')[1]?.split(',')[0] ?? null);
  const service = credential?.split('/')[3];
  return service !== undefined && /^[a-z0-9-]{1,40}$/.test(service) ? service : null;
}

function operationName(text: string | null): string | null {
  return text && /^[A-Za-z][A-Za-z0-9]{0,80}$/.test(text) ? text : null;
}

const S3_VERBS: ReadonlyMap<string, readonly [onBucket: string, onObject: string]> = new Map([
  ['GET', ['ListBucket', 'GetObject']],
  ['HEAD', ['ListBucket', 'GetObject']],
  ['PUT', ['CreateBucket', 'PutObject']],
  ['DELETE', ['DeleteBucket', 'DeleteObject']],
]);

/** S3 by path, in IAM's names of its actions. */
function s3Target(request: WireRequest): Target {
  const [bucket = '', ...key] = (request.path.split('?')[0] ?? '').slice(1).split('/');
  const object = key.join('/');
  const [onBucket, onObject] = S3_VERBS.get(request.method) ?? [];
  const operation =
    bucket === '' ? (request.method === 'GET' ? 'ListAllMyBuckets' : null) : object ? onObject : onBucket;
  const resource = bucket === '' ? '*' : `arn:aws:s3:::${bucket}${object ? `/${object}` : ''}`;
  return { service: 's3', protocol: 'rest-xml', operation: operation ?? null, resource };
}

/** Form fields of the query protocol: the body of a POST, or the query string of a GET. */
function formOf(request: WireRequest): URLSearchParams {
  return request.method === 'POST'
    ? new URLSearchParams(Buffer.from(request.body).toString('utf8'))
    : queryOf(request);
}

function queryOf(request: WireRequest): URLSearchParams {
  const mark = request.path.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : request.path.slice(mark + 1));
}

/** Parameters in the API's own names: `Tags.member.1.Key` becomes `{ Tags: [{ Key }] }`. */
export function paramsOf(request: WireRequest, protocol: Protocol): Readonly<Record<string, unknown>> {
  if (protocol === 'json') return jsonParams(request.body);
  if (protocol === 'query' || protocol === 'ec2') return formParams(formOf(request));
  return {};
}

function jsonParams(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  const text = Buffer.from(body).toString('utf8');
  if (depthOf(text) > LIMITS.jsonDepth) {
    throw new AwsFault('SerializationException', 'The request body is nested too deeply.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AwsFault('SerializationException', 'The request body is not valid JSON.');
  }
  if (!isRecord(value)) throw new AwsFault('SerializationException', 'Start of structure or map found.');
  return value;
}

/** An upper bound, brackets in strings included: whoever walks the value later must not run out of stack. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const c of json) {
    if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of the form under construction; lists and structures alike until `settle` tells them apart. */
interface Branch {
  text?: string;
  readonly children: Map<string, Branch>;
}

function formParams(form: URLSearchParams): Readonly<Record<string, unknown>> {
  const root: Branch = { children: new Map() };
  let fields = 0;
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version' || key.startsWith('X-Amz-')) continue;
    const path = key.split('.');
    if (++fields > LIMITS.formFields || path.length > LIMITS.formDepth) {
      throw new AwsFault('ValidationError', 'The request has too many parameters.');
    }
    let branch = root;
    for (const part of path) {
      const next = branch.children.get(part) ?? { children: new Map() };
      branch.children.set(part, next);
      branch = next;
    }
    branch.text = value;
  }
  const settled = settle(root);
  return isRecord(settled) ? settled : {};
}

function settle(branch: Branch): unknown {
  if (branch.children.size === 0) return branch.text ?? {};
  const members = branch.children.get('member') ?? branch;
  const keys = [...members.children.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return keys
      .sort((a, b) => Number(a) - Number(b))
      .map((key) => settle(members.children.get(key) ?? { children: new Map() }));
  }
  return Object.fromEntries([...branch.children].map(([key, child]) => [key, settle(child)]));
}
