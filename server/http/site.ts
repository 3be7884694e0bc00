import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '#protocol/ids.ts';
import type { Log } from '../lib/log.ts';
import { precompress } from './precompress.ts';
import { refuseWith } from './refuse.ts';
import type { RoomsPort } from './rooms-port.ts';

const FOR_A_YEAR = 'public, max-age=31536000, immutable'; // the name changes with the content
const ASK_FIRST = 'no-cache'; // kept, and used again when its ETag is still good

export interface Site {
  /** Folder of the built site, absolute. */
  readonly dist: string;
  readonly rooms: Pick<RoomsPort, 'labOf'>;
  readonly log: Log;
}

/** The built site, compressed files first; a room is shown by the page of its lab. */
export async function site(app: FastifyInstance, { dist, rooms, log }: Site): Promise<void> {
  // A second after a build, milliseconds otherwise; where the folder is read-only, pages are sent as they are.
  await precompress(dist).catch((error: unknown) => log.warn({ err: error }, 'the site stays uncompressed'));
  await app.register(fastifyStatic, {
    root: dist,
    preCompressed: true,
    redirect: true,
    cacheControl: false,
    setHeaders(reply, path) {
      if (reply.statusCode === 404) return;
      reply.header('cache-control', path.includes(`${sep}_astro${sep}`) ? FOR_A_YEAR : ASK_FIRST);
    },
  });

  for (const prefix of ['', '/en']) {
    app.get<{ Params: { id: string } }>(`${prefix}/rooms/:id`, async (request, reply) =>
      reply.redirect(`${prefix}/rooms/${encodeURIComponent(request.params.id)}/`, 301),
    );
    app.get<{ Params: { id: string } }>(`${prefix}/rooms/:id/`, async (request, reply) => {
      const { id } = request.params;
      const lab = isId(id) ? await rooms.labOf(id) : null;
      const page = `${prefix}/labs/${lab}/index.html`;
      if (lab === null || !existsSync(join(dist, page))) return reply.callNotFound();
      return reply.sendFile(page.slice(1));
    });
  }

  app.setNotFoundHandler((request, reply) => {
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !isApi(request);
    return isPage ? notFoundPage(request, reply, dist) : refuseWith(reply, 'not-found');
  });
}

function isApi(request: FastifyRequest): boolean {
  return request.url.startsWith('/api/');
}

/** In the language of the address. Never kept: the page may be there tomorrow. */
function notFoundPage(request: FastifyRequest, reply: FastifyReply, dist: string): FastifyReply {
  const english = /^\/en(?:\/|$)/.test(request.url) ? ['en/404.html', 'en/404/index.html'] : [];
  const page = [...english, '404.html'].find((file) => existsSync(join(dist, file)));
  // A conditional request for another page must not be answered "not modified".
  delete request.headers['if-none-match'];
  delete request.headers['if-modified-since'];
  delete request.headers.range;
  reply.code(404).header('cache-control', 'no-store');
  return page === undefined
    ? reply.type('text/plain; charset=utf-8').send('見つかりません。 / Not found.\n')
    : reply.sendFile(page);
}
