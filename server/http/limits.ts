import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MINUTE } from '#protocol/limits.ts';
import { Guesses } from './guesses.ts';
import { refuseWith } from './refuse.ts';

/** How often a minute; each number has its key beside it in `rateLimits`. */
export interface Rates {
  readonly names: number;
  readonly joins: number;
  readonly codes: number;
  readonly codesOverall: number;
  readonly tickets: number;
  readonly starts: number;
  readonly filesSeen: number;
  readonly filesChanged: number;
}

export const RATES: Rates = {
  names: 300, // a whole school year behind one address, all at once
  joins: 300,
  codes: 10, // wrong ones, of somebody who mistypes; 729 million codes
  codesOverall: 100, // guesses from many addresses together
  tickets: 60, // twelve tabs that all reconnect, five times
  starts: 10, // each may build a sandbox
  filesSeen: 600, // twelve tabs that look at a folder every other second, and somebody who opens files
  filesChanged: 120, // a folder of small files that is dropped onto the page
};

/** Counts the request; true when it was refused, and answered. */
export type Limit = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

export interface Limits extends Readonly<Record<Exclude<keyof Rates, 'codes' | 'codesOverall'>, Limit>> {
  readonly guesses: Guesses;
}

export async function rateLimits(app: FastifyInstance, rates: Rates): Promise<Limits> {
  await app.register(rateLimit, { global: false });
  const perAddress = (request: FastifyRequest) => request.ip;
  const perPerson = (request: FastifyRequest) => request.person?.id ?? request.ip;
  const limit = (max: number, keyGenerator: (request: FastifyRequest) => string): Limit => {
    const count = app.createRateLimit({ max, timeWindow: MINUTE, keyGenerator });
    return async (request, reply) => {
      const counted = await count(request);
      if (counted.isAllowed || !counted.isExceeded) return false;
      await refuseWith(reply.header('retry-after', counted.ttlInSeconds), 'too-many');
      return true;
    };
  };
  return {
    names: limit(rates.names, perAddress),
    joins: limit(rates.joins, perAddress),
    guesses: new Guesses({ perAddress: rates.codes, overall: rates.codesOverall }),
    tickets: limit(rates.tickets, perPerson),
    starts: limit(rates.starts, perPerson),
    filesSeen: limit(rates.filesSeen, perPerson),
    filesChanged: limit(rates.filesChanged, perPerson),
  };
}
