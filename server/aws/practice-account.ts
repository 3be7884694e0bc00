import { createHmac } from 'node:crypto';
import { boundary, brokerPolicy, FULL_ACCESS, OPERATE, regionLock, trustPolicy } from './lab-policies.ts';
import type { IamSeed, LabWorld, WorldSeed } from './practice/seed.ts';

export const LEARNER_ROLE = 'LabLearner-basic';
const BROKER_USER = 'LabBroker';
const MAX_SESSION_SECONDS = 3_600;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What the vendor needs to know of an account. */
export interface PracticeAccount {
  readonly accountId: string;
  readonly iam: IamSeed;
  readonly broker: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly externalId: string;
  readonly roleArn: string;
}

/**
 * The account in which every practice world begins: the same users, roles, boundary and SCP as the
 * template for a real account. `random` is the seed's secret; keys and ids are drawn from it.
 */
export function practiceAccount(random: string, region: string): PracticeAccount {
  const draw = (label: string, length: number) =>
    createHmac('sha512', Buffer.from(random, 'hex')).update(`account:${label}`).digest().subarray(0, length);
  const accountId = `${1 + ((draw('first', 1)[0] ?? 0) % 9)}${Array.from(draw('id', 11), (byte) => byte % 10).join('')}`;
  const broker = {
    accessKeyId: `AKIA${Array.from(draw('broker-key', 16), (byte) => BASE32[byte & 31]).join('')}`,
    secretAccessKey: draw('broker-secret', 30).toString('base64'),
  };
  const externalId = draw('external-id', 16).toString('hex');
  const brokerArn = `arn:aws:iam::${accountId}:user/${BROKER_USER}`;
  return {
    accountId,
    broker,
    externalId,
    roleArn: `arn:aws:iam::${accountId}:role/lab/${LEARNER_ROLE}`,
    iam: {
      users: [{ name: BROKER_USER, ...broker, policies: { broker: brokerPolicy(accountId) } }],
      roles: [
        {
          name: LEARNER_ROLE,
          path: '/lab/',
          maxSessionSeconds: MAX_SESSION_SECONDS,
          trust: trustPolicy(brokerArn, externalId),
          policies: { operate: OPERATE },
          boundary: boundary(accountId),
        },
      ],
      scp: [FULL_ACCESS, regionLock(region)],
    },
  };
}

/** A whole seed: the account, and what a lab puts into it. */
export function practiceSeed(options: {
  readonly random: string;
  readonly region: string;
  readonly world: LabWorld;
}): WorldSeed {
  const { random, region, world } = options;
  const { accountId, iam } = practiceAccount(random, region);
  return { ...world, region, accountId, random, iam };
}
