import { expect, test } from 'vitest';
import { compilePolicy } from '../../../server/aws/policy.ts';
import {
  type CredentialVendor,
  createMintCache,
  type MintFact,
  MintRefused,
} from '../../../server/aws/vendor.ts';

const MINUTE = 60_000;
const policy = compilePolicy({ file: 'lab.yaml', allow: ['ecs:List*'] });
const request = (person = 'mari', seat = 'seat') => ({ person, lab: 'lab', seat, policy });

/** A vendor whose credentials last an hour, and a clock that a test moves. */
function setUp() {
  const state = { now: 0, minted: 0, broken: false };
  const vendor: CredentialVendor = {
    mint({ person }) {
      if (state.broken) return Promise.reject(new Error('STS is away'));
      state.minted++;
      return Promise.resolve({
        accessKeyId: `ASIA${state.minted}`,
        secretAccessKey: 'the-secret',
        sessionToken: 'the-token',
        expiresAt: state.now + 60 * MINUTE,
        roleArn: 'arn:aws:iam::1:role/lab/L',
        assumedRoleArn: `arn:aws:sts::1:assumed-role/L/${person}`,
        packedPolicySize: 6,
      });
    },
  };
  const facts: MintFact[] = [];
  const clock = { now: () => state.now, after: () => () => undefined };
  const cache = createMintCache({ vendor, clock, ledger: (fact) => facts.push(fact) });
  return { state, cache, facts };
}

test('MINT-1 one mint per seat and person until sixteen minutes before the end', async () => {
  const { state, cache, facts } = setUp();
  await Promise.all([cache.mint(request()), cache.mint(request()), cache.mint(request())]);
  state.now = 43 * MINUTE;
  expect((await cache.mint(request())).accessKeyId).toBe('ASIA1');
  state.now = 45 * MINUTE;
  expect((await cache.mint(request())).accessKeyId).toBe('ASIA2');
  await cache.mint(request('ken'));
  await cache.mint(request('mari', 'other'));
  expect(facts.map((fact) => `${fact.who} ${fact.seat} ${fact.accessKeyId}`)).toEqual([
    'mari seat ASIA1',
    'mari seat ASIA2',
    'ken seat ASIA3',
    'mari other ASIA4',
  ]);
  expect(JSON.stringify(facts)).not.toMatch(/the-secret|the-token/);
});

test('MINT-2 a person who needs too many is refused for a while, others are not', async () => {
  const { state, cache } = setUp();
  for (let i = 0; i < 12; i++) await cache.mint(request('mari', `seat${i}`));
  await expect(cache.mint(request('mari', 'one-more'))).rejects.toThrow(MintRefused);
  await expect(cache.mint(request('ken'))).resolves.toBeDefined();
  state.now += 11 * MINUTE;
  await expect(cache.mint(request('mari', 'one-more'))).resolves.toBeDefined();
});

test('MINT-3 a failed mint is not kept: the next call tries again', async () => {
  const { state, cache } = setUp();
  state.broken = true;
  await expect(cache.mint(request())).rejects.toThrow('STS is away');
  state.broken = false;
  await expect(cache.mint(request())).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
});
