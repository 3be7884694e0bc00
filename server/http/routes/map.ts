import type { FastifyInstance } from 'fastify';
import type { TeamMap } from '../../skills/chore-map.ts';
import { choreNameRequest, choreParam, choreRequest, focusRequest, parse } from '../body.ts';
import { personOf } from '../permissions.ts';
import { isRefusal, refuse } from '../refuse.ts';

export function mapRoutes(app: FastifyInstance, { map }: { readonly map: TeamMap }): void {
  app.get('/api/map', async () => map.read());

  app.post('/api/map/chores', async (request, reply) => {
    const { name } = parse(choreNameRequest, request.body);
    const changed = await map.add(personOf(request), name);
    return isRefusal(changed) ? refuse(reply, changed) : reply.code(201).send(changed);
  });

  app.put('/api/map/chores/:slug', async (request, reply) => {
    const { slug } = parse(choreParam, request.params);
    const changed = await map.answer(personOf(request), slug, parse(choreRequest, request.body));
    return isRefusal(changed) ? refuse(reply, changed) : changed;
  });

  app.delete('/api/map/chores/:slug', async (request, reply) => {
    const { slug } = parse(choreParam, request.params);
    const changed = await map.remove(personOf(request), slug);
    return isRefusal(changed) ? refuse(reply, changed) : changed;
  });

  app.put('/api/map/focus', async (request, reply) => {
    const changed = await map.setFocus(personOf(request), parse(focusRequest, request.body));
    return isRefusal(changed) ? refuse(reply, changed) : changed;
  });
}
