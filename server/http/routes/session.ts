import type { FastifyInstance } from 'fastify';
import type { Me } from '#protocol/api.ts';
import type { People, Person } from '../../people/people.ts';
import type { Sessions } from '../../people/sessions.ts';
import { nameRequest, parse } from '../body.ts';
import type { Limits } from '../limits.ts';
import { personOf } from '../permissions.ts';
import { isRefusal, refuse } from '../refuse.ts';
import type { SessionCookie } from '../session-cookie.ts';

export interface SessionRoutes {
  readonly people: People;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly limits: Limits;
  readonly about: () => Me['host'];
}

export function sessionRoutes(app: FastifyInstance, deps: SessionRoutes): void {
  const { people, sessions, cookie, limits, about } = deps;
  const me = (person: Person | null): Me => ({
    person: person === null ? null : { id: person.id, name: person.name, role: person.role },
    host: about(),
  });

  app.get('/api/me', async (request) => me(request.person));

  app.patch('/api/me', async (request, reply) => {
    const { name } = parse(nameRequest, request.body);
    if (await limits.names(request, reply)) return reply;
    const person = await people.rename(personOf(request), name);
    return isRefusal(person) ? refuse(reply, person) : me(person);
  });

  app.post('/api/session', async (request, reply) => {
    const { name } = parse(nameRequest, request.body);
    if (await limits.names(request, reply)) return reply;
    // A second tab that asks for a name does not make a second person.
    const known = request.person;
    const person = known === null ? await people.welcome(name) : await people.rename(known, name);
    if (isRefusal(person)) return refuse(reply, person);
    if (known === null) cookie.set(reply, await sessions.open(person));
    return reply.code(201).send(me(person));
  });

  app.delete('/api/session', async (request, reply) => {
    const token = cookie.read(request);
    if (token !== undefined) await sessions.close(token);
    cookie.clear(reply);
    return reply.code(204).send();
  });
}
