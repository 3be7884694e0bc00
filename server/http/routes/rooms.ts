import type { FastifyInstance } from 'fastify';
import type { RoomSummary, TicketAnswer } from '#protocol/api.ts';
import type { Tickets } from '../../people/tickets.ts';
import { forkRequest, idParam, labParam, parse, startRequest } from '../body.ts';
import type { Limits } from '../limits.ts';
import { personOf } from '../permissions.ts';
import { isRefusal, refuse, refuseWith } from '../refuse.ts';
import type { RoomsPort } from '../rooms-port.ts';

export interface RoomRoutes {
  readonly rooms: RoomsPort;
  readonly tickets: Tickets;
  readonly limits: Limits;
}

export function roomRoutes(app: FastifyInstance, { rooms, tickets, limits }: RoomRoutes): void {
  app.post('/api/labs/:lab/start', async (request, reply) => {
    const { lab } = parse(labParam, request.params);
    const { fresh } = parse(startRequest, request.body);
    if (await limits.starts(request, reply)) return reply;
    const started = await rooms.start(personOf(request).id, lab, fresh);
    return isRefusal(started) ? refuse(reply, started) : { room: started.room };
  });

  app.get('/api/rooms', async (request): Promise<readonly RoomSummary[]> => {
    return rooms.ofPerson(personOf(request).id);
  });

  app.get('/api/rooms/:id', async (request, reply) => {
    const { id } = parse(idParam, request.params);
    const summary = await rooms.summary(id, personOf(request).id);
    return isRefusal(summary) ? refuse(reply, summary) : summary;
  });

  app.post('/api/rooms/:id/fork', async (request, reply) => {
    const { id } = parse(idParam, request.params);
    const from = parse(forkRequest, request.body);
    if (await limits.starts(request, reply)) return reply;
    const forked = await rooms.fork(personOf(request).id, id, from);
    return isRefusal(forked) ? refuse(reply, forked) : { room: forked.room };
  });

  app.post('/api/rooms/:id/ticket', async (request, reply): Promise<TicketAnswer | typeof reply> => {
    const { id } = parse(idParam, request.params);
    if (await limits.tickets(request, reply)) return reply;
    const { id: person } = personOf(request);
    if (await rooms.mayEnter(id, person)) return { ticket: tickets.issue(person, id) };
    return refuseWith(reply, (await rooms.labOf(id)) === null ? 'not-found' : 'forbidden');
  });
}
