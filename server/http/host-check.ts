import type { FastifyReply, FastifyRequest } from 'fastify';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export type HostVerdict =
  | { readonly do: 'serve' }
  | { readonly do: 'redirect'; readonly to: string }
  | { readonly do: 'refuse' };

/**
 * Whether a request is for us. A name that an attacker points at this machine (DNS rebinding) is not;
 * another loopback name is sent to the one origin, since cookies and links belong to that.
 */
export function hostVerdict(
  host: string,
  { method, path, origin }: { readonly method: string; readonly path: string; readonly origin: string },
): HostVerdict {
  const ours = new URL(origin);
  if (host.toLowerCase() === ours.host) return { do: 'serve' };
  const isPage = (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/');
  if (isPage && LOOPBACK.has(nameOf(host))) return { do: 'redirect', to: ours.origin + pathOf(path) };
  return { do: 'refuse' };
}

export function hostCheck(origin: () => string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.url === '/healthz') return;
    const verdict = hostVerdict(request.host, {
      method: request.method,
      path: request.url,
      origin: origin(),
    });
    if (verdict.do === 'redirect') await reply.redirect(verdict.to, 307);
    if (verdict.do === 'refuse') {
      await reply
        .code(421)
        .type('text/plain; charset=utf-8')
        .send(
          `このアドレスでは開けません。${origin()} から開き直してください。\n` +
            `This server does not answer to that address. Please open ${origin()}\n`,
        );
    }
  };
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/** One leading slash: `//elsewhere` would leave the origin. */
function pathOf(path: string): string {
  return `/${path.replace(/^[/\\]+/, '')}`;
}
