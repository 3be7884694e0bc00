import type { FastifyReply, FastifyRequest } from 'fastify';

const PERMISSIONS = [
  'camera=()',
  'microphone=()',
  'geolocation=()',
  'payment=()',
  'usb=()',
  'serial=()',
  'clipboard-read=(self)', // paste and copy in the terminal
  'clipboard-write=(self)',
  'fullscreen=(self)',
  'screen-wake-lock=(self)', // the shared screen of a meeting room
].join(', ');

const HSTS = 'max-age=31536000'; // a year, in seconds

/** Pages about people: no search engine, in either language. */
const WITH_PEOPLE = /^\/(?:en\/)?(?:rooms|team|map|join|code)(?:\/|$)/;
/** Pages with a terminal: xterm.js makes style elements. */
const WITH_TERMINAL = /^\/(?:en\/)?(?:rooms|labs)\/[^/]+/;

/** Over plain http beyond this computer browsers ignore a policy about openers, and complain on the console. */
const TRUSTWORTHY = /^(?:https:|http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$)/;

/** What every answer says to the browser, refusals included. */
export function securityHeaders(origin: () => string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const path = request.url.split('?', 1)[0] ?? '/';
    reply.headers({
      'content-security-policy': path.startsWith('/api/') ? API_POLICY : pagePolicy(origin(), path),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': PERMISSIONS,
      'cross-origin-resource-policy': 'same-origin',
    });
    if (TRUSTWORTHY.test(origin())) reply.header('cross-origin-opener-policy', 'same-origin');
    if (path.startsWith('/api/')) reply.header('cache-control', 'no-store');
    if (origin().startsWith('https:')) reply.header('strict-transport-security', HSTS);
    if (path.startsWith('/api/') || WITH_PEOPLE.test(path)) reply.header('x-robots-tag', 'noindex');
  };
}

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Everything from here, nothing inline, nothing framed; `path` without its query. */
export function pagePolicy(origin: string, path: string): string {
  const { protocol, host } = new URL(origin);
  const socket = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;
  const style = WITH_TERMINAL.test(path) ? "'self' 'unsafe-inline'" : "'self'";
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self' data:",
    "font-src 'self'",
    // Safari does not count a socket of the same host as 'self'.
    `connect-src 'self' ${socket}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
