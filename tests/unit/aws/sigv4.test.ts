import { expect, test } from 'vitest';
import { isSignedWith, readClaim, signatureOf } from '../../../server/aws/practice/sigv4.ts';
import type { WireRequest } from '../../../server/aws/practice/world.ts';

const SUITE_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const S3_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function request(method: string, path: string, headers: Record<string, string>, body = ''): WireRequest {
  return { method, path, headers, body: Buffer.from(body), receivedAt: 0 };
}

function signed(scope: string, signedHeaders: string, signature: string): { authorization: string } {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

function verifies(wire: WireRequest, secret: string): boolean {
  const parsed = readClaim(wire);
  if (parsed.kind !== 'claim') throw new Error(parsed.kind);
  return isSignedWith(wire, parsed.claim, secret);
}

const SUITE = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
const suiteHeaders = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
const S3 = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';

/** Requests and signatures that AWS publishes: its Signature Version 4 test suite, IAM's and S3's guides. */
const PUBLISHED: readonly (readonly [name: string, secret: string, wire: WireRequest])[] = [
  [
    'get-vanilla of the test suite',
    SUITE_SECRET,
    request('GET', '/', {
      ...suiteHeaders,
      ...signed(SUITE, 'host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'),
    }),
  ],
  [
    'get-vanilla-query-order-key-case of the test suite',
    SUITE_SECRET,
    request('GET', '/?Param2=value2&Param1=value1', {
      ...suiteHeaders,
      ...signed(SUITE, 'host;x-amz-date', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'),
    }),
  ],
  [
    'post-x-www-form-urlencoded of the test suite',
    SUITE_SECRET,
    request(
      'POST',
      '/',
      {
        ...suiteHeaders,
        'content-type': 'application/x-www-form-urlencoded',
        ...signed(
          SUITE,
          'content-type;host;x-amz-date',
          'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
        ),
      },
      'Param1=value1',
    ),
  ],
  [
    'ListUsers of the IAM guide',
    SUITE_SECRET,
    request('GET', '/?Action=ListUsers&Version=2010-05-08', {
      host: 'iam.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...signed(
        'AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request',
        'content-type;host;x-amz-date',
        '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
      ),
    }),
  ],
  [
    'GET with a range of the S3 guide',
    S3_SECRET,
    request('GET', '/test.txt', {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': EMPTY,
      'x-amz-date': '20130524T000000Z',
      ...signed(
        S3,
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ),
    }),
  ],
  [
    'PUT with a special character of the S3 guide',
    S3_SECRET,
    request(
      'PUT',
      '/test%24file.text',
      {
        host: 'examplebucket.s3.amazonaws.com',
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-date': '20130524T000000Z',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        ...signed(
          S3,
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
      },
      'Welcome to Amazon S3.',
    ),
  ],
  [
    'presigned GET of the S3 guide',
    S3_SECRET,
    request(
      'GET',
      '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
      { host: 'examplebucket.s3.amazonaws.com' },
    ),
  ],
];

test.each(PUBLISHED)('SIG-1 %s verifies', (_, secret, wire) => {
  expect(verifies(wire, secret)).toBe(true);
});

test.each(PUBLISHED)('SIG-2 %s, changed anywhere, does not verify', (_, secret, wire) => {
  expect(verifies(wire, `${secret}x`)).toBe(false);
  expect(verifies({ ...wire, method: 'DELETE' }, secret)).toBe(false);
  expect(verifies({ ...wire, path: wire.path.replace('/', '/other') }, secret)).toBe(false);
  expect(verifies({ ...wire, headers: { ...wire.headers, host: 'elsewhere' } }, secret)).toBe(false);
  expect(verifies({ ...wire, headers: { ...wire.headers, 'x-amz-target': 'Service.Delete' } }, secret)).toBe(
    false,
  );
});

test('SIG-3 a body is part of the signature, but where S3 leaves it unsigned', () => {
  const scope = { accessKeyId: 'A', date: '20150830', region: 'r-east-1' };
  const claim = (service: string) => ({
    presigned: false,
    scope: { ...scope, service },
    amzDate: '20150830T123600Z',
    signedHeaders: ['host', 'x-amz-content-sha256'],
    signature: '',
    token: null,
    expiresSeconds: null,
  });
  const headers = { host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const [one, two] = [request('PUT', '/k', headers, 'one'), request('PUT', '/k', headers, 'two')];
  expect(signatureOf(one, claim('s3'), 's')).toBe(signatureOf(two, claim('s3'), 's'));
  expect(signatureOf(one, claim('ecs'), 's')).not.toBe(signatureOf(two, claim('ecs'), 's'));
  const named = (body: string) => request('PUT', '/k', { ...headers, 'x-amz-content-sha256': EMPTY }, body);
  expect(signatureOf(named(''), claim('s3'), 's')).not.toBe(signatureOf(named('x'), claim('s3'), 's'));
});

test.each([
  ['Basic abc', 'incomplete'],
  ['AWS4-HMAC-SHA256 Credential=A/20150830/r/s/aws4_request', 'incomplete'],
  ['AWS4-HMAC-SHA256 Credential=A/b/c, SignedHeaders=host, Signature=x', 'incomplete'],
])('SIG-4 %s is no claim', (authorization, kind) => {
  expect(readClaim(request('GET', '/', { authorization, 'x-amz-date': '20150830T123600Z' })).kind).toBe(kind);
  expect(readClaim(request('GET', '/', {})).kind).toBe('missing');
});
