import type { FastifyInstance } from 'fastify';
import type { JoinAnswer } from '#protocol/api.ts';
import type { Join } from '../../people/join.ts';
import type { Sessions } from '../../people/sessions.ts';
import { joinRequest, parse } from '../body.ts';
import type { Limits } from '../limits.ts';
import { refuse } from '../refuse.ts';
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
    if (code !== undefined) {
      if (await limits.codes(request, reply)) return reply;
      if (await limits.codesOverall(request, reply)) return reply;
    }
    const by = secret === undefined ? { code: code ?? '' } : { secret };
    const joined = await join({ by, name, person: request.person });
    if ('refused' in joined) return refuse(reply, joined.refused);
    if (joined.newcomer !== null) cookie.set(reply, await sessions.open(joined.newcomer));
    return joined.answer;
  });
}
