import type { FastifyInstance } from 'fastify';
import { toString as drawQr } from 'qrcode';
import type { Link, Me } from '#protocol/api.ts';
import { joinUrl, type Links, type ShownLink } from '../../people/links.ts';
import { idParam, linkRequest, parse } from '../body.ts';
import { personOf } from '../permissions.ts';
import { isRefusal, refuse } from '../refuse.ts';

export interface LinkRoutes {
  readonly links: Links;
  readonly origin: () => string;
  readonly about: () => Me['host'];
}

export function linkRoutes(app: FastifyInstance, { links, origin, about }: LinkRoutes): void {
  const show = async ({ link, secret, code }: ShownLink): Promise<Link> => {
    const { id, kind, room, createdAt, expiresAt, uses } = link;
    const url = joinUrl(origin(), secret);
    // A code that another phone cannot open would only look like one.
    const qr = about().loopbackOnly ? null : await drawQr(url, { type: 'svg', margin: 2 });
    return { id, kind, room, url, code, createdAt, expiresAt, uses, qr };
  };

  app.get('/api/links', async (request): Promise<readonly Link[]> => {
    return Promise.all((await links.list(personOf(request))).map(show));
  });

  app.post('/api/links', async (request, reply) => {
    const { kind, room = null } = parse(linkRequest, request.body);
    const made = await links.create(personOf(request), { kind, room });
    if (isRefusal(made)) return refuse(reply, made);
    return reply.code(201).send(await show(made));
  });

  app.delete('/api/links/:id', async (request, reply) => {
    const { id } = parse(idParam, request.params);
    const refused = await links.revoke(personOf(request), id);
    return refused === null ? reply.code(204).send() : refuse(reply, refused);
  });
}
