import type { FastifyInstance } from 'fastify';
import type { JoinAnswer } from '#protocol/api.ts';
import type { Join } from '../../people/join.ts';
import type { Sessions } from '../../people/sessions.ts';
import { joinRequest, parse } from '../body.ts';
import type { Limits } from '../limits.ts';
import { refuse, refuseWith } from '../refuse.ts';
import type { SessionCookie } from '../session-cookie.ts';

export interface JoinRoutes {
  readonly join: Join;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly limits: Limits;
}

/** Secrets come in a body: the page takes them from the fragment, which no browser sends. */
export function joinRoutes(app: FastifyInstance, { join, sessions, cookie, limits }: JoinRoutes): void {
  app.post('/api/join', async (request, reply): Promise<JoinAnswer | typeof reply> => {
    const { secret, code, name = null } = parse(joinRequest, request.body);
    if (await limits.joins(request, reply)) return reply;
    const guess = code === undefined ? null : limits.guesses.begin(request.ip);
    if (guess?.ok === false) return refuseWith(reply.header('retry-after', guess.waitSeconds), 'too-many');
    const by = secret === undefined ? { code: code ?? '' } : { secret };
    let wrong = true;
    try {
      const joined = await join({ by, name, person: request.person });
      wrong = 'refused' in joined && joined.refused.code === 'code-unknown';
      if ('refused' in joined) return refuse(reply, joined.refused);
      if (joined.newcomer !== null) cookie.set(reply, await sessions.open(joined.newcomer));
      return joined.answer;
    } finally {
      guess?.end(!wrong);
    }
  });
}
