import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from './world.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** `AKID/20261123/ap-northeast-1/ecs/aws4_request`, taken apart. */
export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** A signature as it was claimed, in the header or in the query; nothing of it is verified yet. */
export interface Claim {
  readonly presigned: boolean;
  readonly scope: Scope;
  /** `20261123T185130Z` */
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token: string | null;
  /** Presigned only. */
  readonly expiresSeconds: number | null;
}

export type Parsed =
  | { readonly kind: 'claim'; readonly claim: Claim }
  | { readonly kind: 'missing' }
  | { readonly kind: 'incomplete'; readonly message: string };

/** Reads the claim of a request: `Authorization` header, or the `X-Amz-…` query of a presigned URL. */
export function readClaim(request: WireRequest): Parsed {
  const header = request.headers.authorization;
  const query = new URLSearchParams(request.path.split('?')[1] ?? '');
  if (header !== undefined) return readHeader(header, request);
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')) return readQuery(query);
  return { kind: 'missing' };
}

function readHeader(header: string, request: WireRequest): Parsed {
  if (!header.startsWith(`${ALGORITHM} `)) {
    return { kind: 'incomplete', message: `Unsupported ${ALGORITHM.slice(0, 4)} 'algorithm'.` };
  }
  const fields = new Map(
    header
      .slice(ALGORITHM.length + 1)
      .split(',')
      .map((part): [string, string] => {
        const [name = '', ...value] = part.trim().split('=');
        return [name, value.join('=')];
      }),
  );
  const amzDate = request.headers['x-amz-date'];
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name));
  if (missing.length > 0 || !amzDate) {
    const sentences = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    if (!amzDate) {
      sentences.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    return { kind: 'incomplete', message: sentences.join(' ') };
  }
  return claimOf({
    presigned: false,
    credential: fields.get('Credential') ?? '',
    amzDate,
    signedHeaders: fields.get('SignedHeaders') ?? '',
    signature: fields.get('Signature') ?? '',
    token: request.headers['x-amz-security-token'] ?? null,
    expires: null,
  });
}

function readQuery(query: URLSearchParams): Parsed {
  const names = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Date',
  ];
  const missing = names.filter((name) => !query.get(name));
  if (missing.length > 0 || query.get('X-Amz-Algorithm') !== ALGORITHM) {
    return {
      kind: 'incomplete',
      message: `AWS query-string parameters must include ${names.map((name) => `'${name}'`).join(', ')}.`,
    };
  }
  return claimOf({
    presigned: true,
    credential: query.get('X-Amz-Credential') ?? '',
    amzDate: query.get('X-Amz-Date') ?? '',
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
    signature: query.get('X-Amz-Signature') ?? '',
    token: query.get('X-Amz-Security-Token'),
    expires: query.get('X-Amz-Expires'),
  });
}

function claimOf(raw: {
  presigned: boolean;
  credential: string;
  amzDate: string;
  signedHeaders: string;
  signature: string;
  token: string | null;
  expires: string | null;
}): Parsed {
  const [accessKeyId, date, region, service, end, ...rest] = raw.credential.split('/');
  const whole = accessKeyId && date && region && service && end === 'aws4_request' && rest.length === 0;
  if (!whole || !/^\d{8}$/.test(date)) {
    return {
      kind: 'incomplete',
      message: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${raw.credential}'`,
    };
  }
  if (timeOf(raw.amzDate) === null) {
    return { kind: 'incomplete', message: `Date must be in ISO-8601 'basic format'. Got '${raw.amzDate}'.` };
  }
  const expiresSeconds = raw.expires === null ? null : Number(raw.expires);
  if (raw.presigned && (expiresSeconds === null || !Number.isInteger(expiresSeconds) || expiresSeconds < 1)) {
    return { kind: 'incomplete', message: 'X-Amz-Expires should be a number' };
  }
  return {
    kind: 'claim',
    claim: {
      presigned: raw.presigned,
      scope: { accessKeyId, date, region, service },
      amzDate: raw.amzDate,
      signedHeaders: raw.signedHeaders.split(';'),
      signature: raw.signature,
      token: raw.token,
      expiresSeconds,
    },
  };
}

/** Milliseconds since the epoch of `20261123T185130Z`, null if it is no such time. */
export function timeOf(amzDate: string): number | null {
  const m = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (!m) return null;
  const time = Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`);
  return Number.isNaN(time) ? null : time;
}

export function amzDateOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Whether the request was signed, whole and unchanged, with this secret. Constant time in the signature. */
export function isSignedWith(request: WireRequest, claim: Claim, secret: string): boolean {
  if (!claim.signedHeaders.includes('host')) return false;
  // A header that steers AWS but is not signed could be changed on the way: all of them must be signed.
  const unsigned = Object.keys(request.headers).some(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  if (unsigned) return false;
  const expected = Buffer.from(signatureOf(request, claim, secret));
  const given = Buffer.from(claim.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
export function signatureOf(request: WireRequest, claim: Claim, secret: string): string {
  const { date, region, service } = claim.scope;
  const text = [
    ALGORITHM,
    claim.amzDate,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, claim)),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

function canonicalRequest(request: WireRequest, claim: Claim): string {
  const mark = request.path.indexOf('?');
  const path = mark < 0 ? request.path : request.path.slice(0, mark);
  const query = mark < 0 ? '' : request.path.slice(mark + 1);
  const headers = [...claim.signedHeaders].map(
    (name) => `${name}:${headerOf(request, name).trim().replaceAll(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    canonicalPath(path, claim.scope.service),
    canonicalQuery(query),
    headers.join(''),
    claim.signedHeaders.join(';'),
    payloadHash(request, claim),
  ].join('\n');
}

/** The names are the sender's, so nothing inherited may answer to them. */
function headerOf(request: WireRequest, name: string): string {
  return Object.hasOwn(request.headers, name) ? (request.headers[name] ?? '') : '';
}

/** S3 takes the path as it was sent; every other service encodes it once more, after tidying it. */
function canonicalPath(path: string, service: string): string {
  if (service === 's3') return path.split('/').map(encodeOnce).join('/') || '/';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const tail = path.endsWith('/') && parts.length > 0 ? '/' : '';
  return `/${parts.map(encode).join('/')}${tail}`;
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 0
        ? [encodeOnce(pair), '']
        : [encodeOnce(pair.slice(0, at)), encodeOnce(pair.slice(at + 1))];
    })
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/**
 * S3 alone lets the client leave the body unsigned or name its hash; the hash that is named must be
 * the body's. Elsewhere the hash is ours, so that a changed body is a wrong signature.
 */
function payloadHash(request: WireRequest, claim: Claim): string {
  const actual = sha256(request.body);
  if (claim.scope.service !== 's3') return actual;
  const named = request.headers['x-amz-content-sha256'];
  if (named === UNSIGNED || (claim.presigned && named === undefined)) return UNSIGNED;
  return actual;
}

function encodeOnce(text: string): string {
  try {
    return encode(decodeURIComponent(text));
  } catch {
    return encode(text); // a stray % is a character like any other
  }
}

/** RFC 3986: all but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
