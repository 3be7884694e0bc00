/**
 * HTTP: the built site and records as JSON, route by route, each handing over to its capability. It
 * knows neither sockets nor what happens live in a room.
 */
import cookie from '@fastify/cookie';
import fastify, { type FastifyInstance } from 'fastify';
import type { Me } from '#protocol/api.ts';
import { KIB } from '#protocol/limits.ts';
import type { Log } from '../lib/log.ts';
import type { Join } from '../people/join.ts';
import type { Links } from '../people/links.ts';
import type { People } from '../people/people.ts';
import { SESSION_LIFE_MS, type Sessions } from '../people/sessions.ts';
import type { Tickets } from '../people/tickets.ts';
import type { Previews } from '../seats/previews.ts';
import type { TeamMap } from '../skills/chore-map.ts';
import { securityHeaders } from './headers.ts';
import { hostCheck } from './host-check.ts';
import { RATES, type Rates, rateLimits } from './limits.ts';
import { originCheck } from './origin-check.ts';
import { permissions } from './permissions.ts';
import { createPreview, type PreviewBounds } from './preview.ts';
import { codeOf, refuseWith } from './refuse.ts';
import type { RoomsPort } from './rooms-port.ts';
import { fileRoutes } from './routes/files.ts';
import { joinRoutes } from './routes/join.ts';
import { linkRoutes } from './routes/links.ts';
import { mapRoutes } from './routes/map.ts';
import { roomRoutes } from './routes/rooms.ts';
import { sessionRoutes } from './routes/session.ts';
import { serverFactory, type Tls } from './server-factory.ts';
import { sessionCookie } from './session-cookie.ts';
import { site } from './site.ts';

const BODY_BYTES = 64 * KIB; // the longest is a focus of 200 characters

export interface HttpOptions {
  readonly people: People;
  readonly sessions: Sessions;
  readonly links: Links;
  readonly join: Join;
  readonly tickets: Tickets;
  readonly map: TeamMap;
  readonly rooms: RoomsPort;
  readonly log: Log;
  /** The one origin that browsers use; asked at each request, since port 0 is known only once listening. */
  readonly origin: () => string;
  /** What `GET /api/me` says of this server. */
  readonly about: () => Me['host'];
  /** Folder of the built site, absolute. */
  readonly dist: string;
  readonly tls: Tls | null;
  /** Addresses and ranges of proxies whose X-Forwarded-* headers count; empty for none. */
  readonly trustProxy: readonly string[];
  /** Web pages of seats. */
  readonly previews: Pick<Previews, 'find'>;
  /** `https://*.…`: each of them on a host of its own; null for below the one origin. */
  readonly previewHosts: string | null;
  /** Smaller ones in tests. */
  readonly previewBounds?: PreviewBounds;
  readonly rates?: Rates;
}

/** An app that is ready to listen; its `server` is where sockets are upgraded. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { origin, log, about, sessions, trustProxy, rates = RATES } = options;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    forceCloseConnections: true, // a request without an end must not hold up ours
    serverFactory: serverFactory(
      options.tls,
      createPreview({ ...options, checkHost: trustProxy.length === 0 }),
    ),
  });
  logRequests(app, log);
  answerErrors(app, log);
  readJson(app);

  app.addHook('onRequest', securityHeaders(origin));
  app.addHook('onRequest', hostCheck(origin));
  app.addHook('onRequest', originCheck(origin));
  await app.register(cookie);
  const session = sessionCookie(origin, SESSION_LIFE_MS);
  permissions(app, sessions, session);
  const limits = await rateLimits(app, rates);

  const deps = { ...options, limits, cookie: session };
  app.get('/healthz', async () => ({ status: 'ok', version: about().version }));
  sessionRoutes(app, deps);
  joinRoutes(app, deps);
  linkRoutes(app, deps);
  roomRoutes(app, deps);
  fileRoutes(app, deps);
  mapRoutes(app, deps);
  await site(app, deps);
  await app.ready();
  return app;
}

/** The pattern of the route, never the address itself: that may hold what somebody typed. */
function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    log.debug({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, 'request');
  });
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const code = codeOf(error);
    if (code === 'internal' || code === 'store-failed') {
      log.error({ err: error, route: request.routeOptions.url ?? null }, 'a request failed');
    }
    return refuseWith(reply, code);
  });
}

/** JSON is the only body; an empty one is none. */
function readJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parseJson(request, body.toString(), done);
  });
}
