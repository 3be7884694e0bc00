import { AwsFault } from './fault.ts';
import { LIMITS } from './limits.ts';
import { type Credential, findCredential, type Principal } from './principal.ts';
import { amzDateOf, type Claim, isSignedWith, readClaim, timeOf } from './sigv4.ts';
import type { WorldState } from './state.ts';
import type { Target } from './wire/protocol.ts';
import type { WireRequest } from './world.ts';

const MINUTE_MS = 60_000;

export interface Authenticated {
  readonly principal: Principal;
  /** The region that the request was signed for. */
  readonly region: string;
}

/** Who sent this, proven; else AWS's own refusal in the words of the service that was called. */
export function authenticate(state: WorldState, request: WireRequest, target: Target): Authenticated {
  const parsed = readClaim(request);
  if (parsed.kind === 'missing') throw fault(target, 'missing');
  if (parsed.kind === 'incomplete') throw fault(target, 'incomplete', parsed.message);
  const { claim } = parsed;

  checkScope(claim, target);
  const credential = findCredential(state, claim.scope.accessKeyId);
  if (!credential) throw fault(target, 'unknownKey');
  if (credential.token !== claim.token) throw fault(target, 'wrongToken');
  checkTime(claim, request.receivedAt, target);
  if (!isSignedWith(request, claim, credential.secret)) throw fault(target, 'wrongSignature');
  if (isExpired(credential, request.receivedAt)) throw fault(target, 'expired');
  return { principal: credential.principal, region: claim.scope.region };
}

function isExpired(credential: Credential, now: number): boolean {
  return credential.expiresAt !== null && credential.expiresAt <= now;
}

function checkScope({ scope, amzDate }: Claim, target: Target): void {
  if (scope.service !== target.service) {
    throw fault(target, 'wrongScope', `Credential should be scoped to correct service: '${target.service}'.`);
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(scope.region)) {
    throw fault(target, 'wrongScope', 'Credential should be scoped to a valid region.');
  }
  if (!amzDate.startsWith(scope.date)) {
    throw fault(
      target,
      'wrongScope',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${amzDate.slice(0, 8)}', from '${amzDate}'.`,
    );
  }
}

function checkTime(claim: Claim, now: number, target: Target): void {
  const signedAt = timeOf(claim.amzDate) ?? 0;
  const window = `${LIMITS.skewMs / MINUTE_MS} min.`;
  if (signedAt > now + LIMITS.skewMs) {
    throw fault(
      target,
      'skewed',
      `Signature not yet current: ${claim.amzDate} is still later than ${amzDateOf(now + LIMITS.skewMs)} (${amzDateOf(now)} + ${window})`,
    );
  }
  if (claim.expiresSeconds !== null) {
    if (claim.expiresSeconds > LIMITS.presignSeconds) {
      throw fault(target, 'incomplete', 'X-Amz-Expires must be less than a week in seconds');
    }
    if (signedAt + claim.expiresSeconds * 1000 < now) throw fault(target, 'presignExpired');
    return;
  }
  if (signedAt < now - LIMITS.skewMs) {
    throw fault(
      target,
      'skewed',
      `Signature expired: ${claim.amzDate} is now earlier than ${amzDateOf(now - LIMITS.skewMs)} (${amzDateOf(now)} - ${window})`,
    );
  }
}

type Reason =
  | 'missing'
  | 'incomplete'
  | 'unknownKey'
  | 'wrongToken'
  | 'wrongSignature'
  | 'wrongScope'
  | 'skewed'
  | 'presignExpired'
  | 'expired';

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const INVALID_TOKEN = 'The security token included in the request is invalid.';

type Words = Readonly<Record<Reason, readonly [code: string, message: string]>>;

/** Error codes: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_signing.html and each API's reference. */
const QUERY: Words = {
  missing: ['MissingAuthenticationToken', 'Request is missing Authentication Token'],
  incomplete: ['IncompleteSignature', ''],
  unknownKey: ['InvalidClientTokenId', INVALID_TOKEN],
  wrongToken: ['InvalidClientTokenId', INVALID_TOKEN],
  wrongSignature: ['SignatureDoesNotMatch', MISMATCH],
  wrongScope: ['SignatureDoesNotMatch', ''],
  skewed: ['SignatureDoesNotMatch', ''],
  presignExpired: ['RequestExpired', 'Request has expired.'],
  expired: ['ExpiredToken', 'The security token included in the request is expired'],
};

const JSON_WORDS: Words = {
  missing: ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
  incomplete: ['IncompleteSignatureException', ''],
  unknownKey: ['UnrecognizedClientException', INVALID_TOKEN],
  wrongToken: ['UnrecognizedClientException', INVALID_TOKEN],
  wrongSignature: ['InvalidSignatureException', MISMATCH],
  wrongScope: ['InvalidSignatureException', ''],
  skewed: ['InvalidSignatureException', ''],
  presignExpired: ['InvalidSignatureException', 'Request has expired.'],
  expired: ['ExpiredTokenException', 'The security token included in the request is expired'],
};

const S3: Words = {
  missing: ['AccessDenied', 'Access Denied'],
  incomplete: ['AuthorizationHeaderMalformed', ''],
  unknownKey: ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
  wrongToken: ['InvalidToken', 'The provided token is malformed or otherwise invalid.'],
  wrongSignature: [
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  wrongScope: ['AuthorizationHeaderMalformed', ''],
  skewed: [
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
  ],
  presignExpired: ['AccessDenied', 'Request has expired'],
  expired: ['ExpiredToken', 'The provided token has expired.'],
};

function fault(target: Target, reason: Reason, detail?: string): AwsFault {
  const isJson = target.protocol === 'json' || target.protocol === 'rest-json';
  const words = isJson ? JSON_WORDS : target.protocol === 'rest-xml' ? S3 : QUERY;
  const [code, message] = words[reason];
  return new AwsFault(code, message || (detail ?? ''), isJson ? 400 : 403);
}
