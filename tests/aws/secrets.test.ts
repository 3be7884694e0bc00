import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSeatAws, type SeatAws } from '../../server/aws/seat-aws.ts';
import type { CredentialVendor } from '../../server/aws/vendor.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { account, openPractice, type Practice, REGION, shellFor, vendorFor } from './support.ts';

const MINUTE_MS = 60_000;

let practice: Practice;
beforeAll(async () => {
  practice = await openPractice();
});
afterAll(() => practice[Symbol.asyncDispose]());

/** A seat in the practice account whose time a test can move, with all that it logs. */
function openSeat(vendor: CredentialVendor = vendorFor(practice.world)) {
  const clock = new ManualClock(Date.now());
  const logged: unknown[] = [];
  const seat = createSeatAws({
    world: practice.world,
    vendor,
    lab: 'see-whats-running',
    labFile: 'labs/see-whats-running/lab.yaml',
    seat: 'seatseatseatseat',
    allow: ['sts:GetCallerIdentity'],
    region: REGION,
    accountId: account.accountId,
    person: 'personpersonpers',
    clock,
    log: { warn: (...entry: unknown[]) => logged.push(...entry) },
  });
  return { seat, clock, logged, token: seat.env.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '' };
}

/** What a program in the shell gets from the endpoint. */
async function credentials(seat: SeatAws): Promise<{ status: number; text: string }> {
  await using shell = await shellFor(seat);
  const response = await fetch(shell.env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '', {
    headers: { authorization: shell.env.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '', connection: 'close' },
  });
  return { status: response.status, text: await response.text() };
}

function told(seat: SeatAws) {
  const values: string[] = [];
  const stop = seat.onSecret((value) => values.push(value));
  return { values, stop };
}

test('CRED-4 what exists is told at once, what is minted before anybody has it', async () => {
  const order: string[] = [];
  const real = vendorFor(practice.world);
  const { seat, token } = openSeat({
    async mint(request) {
      const minted = await real.mint(request);
      order.push('minted');
      return minted;
    },
  });
  using _ = seat;
  const early = told(seat);
  expect(early.values).toEqual([token]);
  seat.onSecret((value) => value !== token && order.push('told'));

  const given = JSON.parse((await credentials(seat)).text);
  order.push('handed out');
  expect(order).toEqual(['minted', 'told', 'told', 'handed out']);
  expect(new Set(early.values)).toEqual(new Set([token, given.SecretAccessKey, given.Token]));
  expect(early.values).not.toContain(given.AccessKeyId);
  expect(told(seat).values).toEqual([given.SecretAccessKey, given.Token, token]);
});

test('CRED-4 the next person’s are told as well, with the token once more; what has expired is not', async () => {
  const { seat, clock, token } = openSeat();
  using _ = seat;
  await seat.identity();
  const first = [...told(seat).values];
  const later = told(seat);
  later.values.length = 0;
  seat.setPerson('secondsecondseco');
  await Promise.all([seat.identity(), seat.identity()]);
  expect(later.values).toHaveLength(3);
  expect(later.values.at(-1)).toBe(token);
  expect(told(seat).values).toEqual([...first.slice(0, -1), ...later.values]);
  clock.advance(61 * MINUTE_MS);
  expect(told(seat).values).toEqual([token]);
});

test('CRED-4 who stopped listening is told nothing, the others everything', async () => {
  const { seat } = openSeat();
  using _ = seat;
  const values: string[] = [];
  const listener = (value: string) => values.push(value);
  const stop = seat.onSecret(listener);
  seat.onSecret(listener);
  stop();
  values.length = 0;
  await seat.identity();
  expect(values).toHaveLength(3);
});

test('CRED-4 what cannot be hidden does not leave, and stands in no log', async () => {
  const { seat, logged, token } = openSeat();
  using _ = seat;
  const before = told(seat);
  let broken = false;
  seat.onSecret((value) => {
    if (broken) throw new RangeError(`cannot hide ${value}`);
  });
  const after = told(seat);
  broken = true;
  const refused = await credentials(seat);
  expect(refused.status).toBe(500);
  expect(new Set(before.values).size).toBe(3);
  expect(after.values).toEqual(before.values);
  const error = await seat.identity().catch((reason: unknown) => reason);
  const said = [refused.text, ...[logged, error].map((it) => inspect(it, { depth: null, showHidden: true }))];
  expect(said.join()).toContain('could not be hidden');
  for (const value of [token, ...before.values]) expect(said.join()).not.toContain(value);

  broken = false;
  expect((await credentials(seat)).status).toBe(200);
});

test('CRED-4 after the seat ended nobody is told', async () => {
  const { seat } = openSeat();
  const { values } = told(seat);
  await seat.identity();
  const before = values.length;
  seat[Symbol.dispose]();
  seat.setPerson('personpersonpers');
  await seat.identity();
  expect(values).toHaveLength(before);
});
