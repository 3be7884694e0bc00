import type { Clock } from '../lib/clock.ts';
import type { World } from './practice/world.ts';

/** What the SDK hands to a request handler, as far as it is read here. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

/**
 * The SDK's own seam: a request handler that gives the signed request to a world instead of a
 * socket. Everything before it (signing, retries, parsing) is the code that a real account uses.
 */
export function practiceRequestHandler(world: Pick<World, 'handle'>, clock: Clock) {
  return {
    async handle(request: SdkRequest): Promise<SdkAnswer> {
      const { status, headers, body } = await world.handle({
        method: request.method,
        path: request.path + queryString(request.query ?? {}),
        headers: lowerCase(request.headers),
        body: bytesOf(request.body),
        receivedAt: clock.now(),
      });
      return { response: { statusCode: status, headers: { ...headers }, body } };
    },
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({}),
    destroy(): void {},
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function queryString(query: Readonly<Record<string, string | readonly string[] | null>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'string' || value === null ? [value] : value).map((text) => {
      const key = encodeURIComponent(name);
      return text === null ? key : `${key}=${encodeURIComponent(text)}`;
    }),
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new Error('Practice AWS takes whole bodies, not streams.');
}
