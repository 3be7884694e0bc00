import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuseWith } from './refuse.ts';

const READS = new Set(['GET', 'HEAD']);

/**
 * Every mutation comes from a page of ours. SameSite cookies do not tell the ports of one host apart,
 * so the Origin header has to be there and has to be ours; `null` is nobody's.
 */
export function originCheck(origin: () => string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (READS.has(request.method) || request.headers.origin === origin()) return;
    await refuseWith(reply, 'bad-origin');
  };
}
