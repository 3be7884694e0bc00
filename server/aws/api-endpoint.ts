import type { Clock } from '../lib/clock.ts';
import type { World } from './practice/world.ts';
import { createStreamServer, type StreamServer } from './stream-server.ts';

/** The largest request of any operation that practice AWS has is far below this. */
const MAX_BODY_BYTES = 1024 * 1024;

/** AWS's API as the seat reaches it: HTTP over a forwarded stream, to the world and back. */
export function createApiEndpoint(options: {
  readonly world: Pick<World, 'handle'>;
  readonly clock: Clock;
}): StreamServer {
  const { world, clock } = options;
  return createStreamServer({
    clock,
    maxBodyBytes: MAX_BODY_BYTES,
    async answer(request, body, response) {
      const answer = await world.handle({
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers: headersOf(request.headersDistinct),
        body,
        receivedAt: clock.now(),
      });
      response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.byteLength });
      response.end(answer.body);
    },
    tooLarge(response) {
      response.writeHead(413, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          __type: 'RequestEntityTooLarge',
          message: 'The request body is larger than 1 MiB.',
        }),
      );
    },
  });
}

/** Repeated headers joined as Signature Version 4 wants them: with a comma, without a space. */
function headersOf(distinct: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(distinct).map(([name, values]) => [name.toLowerCase(), (values ?? []).join(',')]),
  );
}
