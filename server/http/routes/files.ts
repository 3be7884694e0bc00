/** The files of a room's seat over HTTP: seen by everybody in the room, changed by who holds the keyboard. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PATH_LENGTH, type SavedAnswer, shownName } from '#protocol/files.ts';
import { SECOND } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { Workspace } from '../../seats/workspace.ts';
import { AtOnce } from '../at-once.ts';
import { idParam, parse, UnreadableError } from '../body.ts';
import type { Limits } from '../limits.ts';
import { personOf } from '../permissions.ts';
import { isRefusal, refuse, refuseWith } from '../refuse.ts';
import type { RoomsPort } from '../rooms-port.ts';

const path = z.string().max(PATH_LENGTH);
const folderQuery = z.object({ path, unless: z.string().max(64).optional() });
const contentQuery = z.object({ path, most: z.coerce.number().int().nonnegative().optional() });
const pathQuery = z.object({ path });
const moveRequest = z.object({ from: path, to: path });

/** Whatever it says it is, a browser that is led here shows none of it and runs none of it. */
const NEVER_A_PAGE = "sandbox; default-src 'none'; frame-ancestors 'none'";

/** Downloads at once: a browser opens six, and each holds some MiB. */
const DOWNLOADS = { person: 6, overall: 60 };
/** A reader that takes no byte for so long has gone away, or means to hold them. */
const STALLED_MS = 30 * SECOND;

export interface FileRoutes {
  readonly rooms: RoomsPort;
  readonly limits: Limits;
}

type Use = 'see-files' | 'change-files';

export function fileRoutes(app: FastifyInstance, { rooms, limits }: FileRoutes): void {
  const downloads = new AtOnce(DOWNLOADS);
  const ask = (request: FastifyRequest, use: Use): Promise<Workspace | Refusal> => {
    const { id } = parse(idParam, request.params);
    return rooms.files(id, personOf(request).id, use);
  };
  /** The files, or null when the request was refused, and answered. */
  const open = async (request: FastifyRequest, reply: FastifyReply, use: Use): Promise<Workspace | null> => {
    const limit = use === 'see-files' ? limits.filesSeen : limits.filesChanged;
    if (await limit(request, reply)) return null;
    const files = await ask(request, use);
    if (!isRefusal(files)) return files;
    refuse(reply, files);
    return null;
  };

  app.get('/api/rooms/:id/files', async (request, reply) => {
    const { path: folder, unless } = parse(folderQuery, request.query);
    const files = await open(request, reply, 'see-files');
    if (files === null) return reply;
    const view = await files.list(folder);
    if (isRefusal(view)) return refuse(reply, view);
    return view.tag === unless ? reply.code(204).send() : view;
  });

  app.get('/api/rooms/:id/files/content', async (request, reply) => {
    const { path: file, most } = parse(contentQuery, request.query);
    const files = await open(request, reply, 'see-files');
    if (files === null) return reply;
    if (!downloads.begin(personOf(request).id, reply.raw)) return refuseWith(reply, 'too-many');
    reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
    const opened = await files.open(file, most);
    if (isRefusal(opened)) return refuse(reply, opened);
    reply.headers({
      'content-type': 'application/octet-stream',
      'content-length': opened.size,
      'content-disposition': attachment(shownName(file.split('/').at(-1) ?? '')),
      'content-security-policy': NEVER_A_PAGE,
      etag: `"${opened.version}"`,
    });
    return reply.send(Readable.from(opened.content, { objectMode: false }));
  });

  app.delete('/api/rooms/:id/files', async (request, reply) => {
    const { path: entry } = parse(pathQuery, request.query);
    const files = await open(request, reply, 'change-files');
    return files === null ? reply : done(reply, 204, await files.remove(entry));
  });

  app.post('/api/rooms/:id/files/folders', async (request, reply) => {
    const { path: folder } = parse(pathQuery, request.body);
    const files = await open(request, reply, 'change-files');
    return files === null ? reply : done(reply, 201, await files.makeFolder(folder));
  });

  app.post('/api/rooms/:id/files/moves', async (request, reply) => {
    const { from, to } = parse(moveRequest, request.body);
    const files = await open(request, reply, 'change-files');
    return files === null ? reply : done(reply, 204, await files.move(from, to));
  });

  // A body that is not read before somebody has asked for it: only here, and only for files.
  void app.register((streaming, _, ready) => {
    streaming.removeAllContentTypeParsers();
    streaming.addContentTypeParser('application/octet-stream', (_, body, taken) => taken(null, body));
    streaming.put('/api/rooms/:id/files/content', async (request, reply) => {
      const { path: file } = parse(pathQuery, request.query);
      const over = seen(request);
      if (!(request.body instanceof Readable)) throw new UnreadableError('There is no body.');
      const files = await open(request, reply, 'change-files');
      if (files === null) return reply;
      const refuses = async () => {
        const again = await ask(request, 'change-files'); // the keyboard may move while a file travels
        return isRefusal(again) ? again : null;
      };
      const saved: SavedAnswer | Refusal = await files.write(file, request.body, { over, refuses });
      return isRefusal(saved) ? refuse(reply, saved) : saved;
    });
    ready();
  });
}

function done(reply: FastifyReply, status: 201 | 204, refused: Refusal | null): FastifyReply {
  return refused === null ? reply.code(status).send() : refuse(reply, refused);
}

const SEEN = /^"(-?[\da-f]{1,16}-[\da-f]{1,16}-[\da-f]{1,16})"$/;

/** The version that may be replaced (RFC 9110, 13.1); null: there must be no such file yet. */
function seen(request: FastifyRequest): string | null {
  const version = SEEN.exec(request.headers['if-match'] ?? '')?.[1];
  if (version !== undefined) return version;
  if (request.headers['if-none-match'] === '*') return null;
  throw new UnreadableError('It is not said what may be replaced.');
}

/** RFC 6266, with the whole name after RFC 8187 and one in ASCII for who cannot read it. */
export function attachment(name: string): string {
  const safe = name.replaceAll(/[/\\]/g, '_');
  const ascii = safe.replaceAll(/[^\w .-]/g, '_');
  const whole = encodeURIComponent(safe).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${whole}`;
}
