import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { SECOND } from '#protocol/limits.ts';
import type { TakePreview } from './preview.ts';

export interface Tls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

const HEADERS_WITHIN_MS = 10 * SECOND;
const REQUEST_WITHIN_MS = 30 * SECOND; // 64 KiB over a bad phone line
const KEPT_ALIVE_MS = 65 * SECOND; // longer than the 60 s after which proxies let go
const CHECK_EVERY_MS = 5 * SECOND;

/**
 * Slow requests are cut off by time, whoever sends them. Previews are taken before anything of ours looks
 * at a request: neither cookies nor bodies of theirs are read.
 */
export function serverFactory(tls: Tls | null, takePreview: TakePreview) {
  const bounds = {
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: KEPT_ALIVE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
  };
  return (ours: RequestListener): Server => {
    const handler: RequestListener = (request, response) => {
      if (!takePreview(request, response)) ours(request, response);
    };
    return tls === null ? createServer(bounds, handler) : createSecureServer({ ...bounds, ...tls }, handler);
  };
}
