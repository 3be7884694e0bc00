import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Person } from '../people/people.ts';
import type { Sessions } from '../people/sessions.ts';
import { refuseWith } from './refuse.ts';
import type { SessionCookie } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose browser it is, on routes of /api. */
    person: Person | null;
  }
}

type Needs = 'nobody' | 'person' | 'team' | 'owner';

/** What each route of /api needs before its capability looks closer. A route that is not here does not start. */
const NEEDS: Readonly<Record<string, Needs>> = {
  'GET /api/me': 'nobody',
  'PATCH /api/me': 'person',
  'POST /api/session': 'nobody',
  'DELETE /api/session': 'nobody',
  'POST /api/join': 'nobody',
  'POST /api/labs/:lab/start': 'person',
  'GET /api/rooms': 'person',
  'GET /api/rooms/:id': 'person',
  'POST /api/rooms/:id/ticket': 'person',
  'POST /api/rooms/:id/fork': 'person',
  'GET /api/rooms/:id/files': 'person',
  'DELETE /api/rooms/:id/files': 'person',
  'GET /api/rooms/:id/files/content': 'person',
  'PUT /api/rooms/:id/files/content': 'person',
  'POST /api/rooms/:id/files/folders': 'person',
  'POST /api/rooms/:id/files/moves': 'person',
  'GET /api/links': 'person',
  'POST /api/links': 'person',
  'DELETE /api/links/:id': 'person',
  'GET /api/map': 'nobody',
  'POST /api/map/chores': 'team',
  'PUT /api/map/chores/:slug': 'team',
  'DELETE /api/map/chores/:slug': 'team',
  'PUT /api/map/focus': 'team',
};

/** Finds out who asks, and lets a route begin only when that is enough. Register it before the routes. */
export function permissions(app: FastifyInstance, sessions: Sessions, cookie: SessionCookie): void {
  app.decorateRequest('person', null);

  app.addHook('onRoute', ({ method, url }) => {
    if (!url.startsWith('/api/')) return;
    for (const verb of [method].flat()) {
      if (verb !== 'HEAD' && NEEDS[`${verb} ${url}`] === undefined) {
        throw new Error(`${verb} ${url} is missing in the table of permissions.`);
      }
    }
  });

  app.addHook('preParsing', async (request, reply) => {
    const { url } = request.routeOptions;
    if (url === undefined || !url.startsWith('/api/')) return;
    request.person = await sessions.personOf(cookie.read(request));
    const needs = NEEDS[`${request.method === 'HEAD' ? 'GET' : request.method} ${url}`] ?? 'owner';
    if (!isEnough(request.person, needs)) {
      await refuseWith(reply, request.person === null ? 'name-needed' : 'forbidden');
    }
  });
}

/** For handlers of routes that need a person: the table has seen to it. */
export function personOf(request: FastifyRequest): Person {
  if (request.person === null) throw new Error(`${request.routeOptions.url} was reached by nobody.`);
  return request.person;
}

function isEnough(person: Person | null, needs: Needs): boolean {
  switch (needs) {
    case 'nobody':
      return true;
    case 'person':
      return person !== null;
    case 'team':
      return person !== null && person.role !== 'guest';
    case 'owner':
      return person?.role === 'owner';
    default:
      return needs satisfies never;
  }
}
