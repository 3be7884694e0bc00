import type { FastifyReply, FastifyRequest } from 'fastify';

const SECOND_MS = 1000;

/** Where the session's token lives in the browser; scripts never see it. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, token: string): void;
  clear(reply: FastifyReply): void;
}

/**
 * `__Host-` and Secure over https and on a loopback name, which browsers trust as much; a plain name
 * over http on a LAN, where they would refuse it.
 */
export function sessionCookie(origin: () => string, lifeMs: number): SessionCookie {
  const isSecure = () => isTrustworthy(new URL(origin()));
  const name = () => (isSecure() ? '__Host-dojou' : 'dojou');
  const options = () => ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure() }) as const;
  return {
    read: (request) => request.cookies[name()],
    set(reply, token) {
      reply.setCookie(name(), token, { ...options(), maxAge: lifeMs / SECOND_MS });
    },
    clear(reply) {
      reply.clearCookie(name(), options());
    },
  };
}

function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
