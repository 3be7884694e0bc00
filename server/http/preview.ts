/**
 * Shows web pages that programs in a seat serve: passes requests on to the port behind a capability, and
 * lets neither side get at what belongs to our own pages. A page there has an origin of its own.
 */
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MIB, SECOND } from '#protocol/limits.ts';
import type { Log } from '../lib/log.ts';
import { PREVIEW_PATH, type Previews, type PreviewTarget } from '../seats/previews.ts';
import { answerHeaders, type Framing, requestHeaders, upstreamHost } from './preview-headers.ts';
import { type PreviewFault, previewFault } from './preview-pages.ts';

export interface PreviewBounds {
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly firstByteMs: number;
  /** Without a byte of an answer that has begun. */
  readonly quietMs: number;
  readonly longestMs: number;
  /** Requests of one preview at the same time. */
  readonly atOnce: number;
}

const BOUNDS: PreviewBounds = {
  requestBytes: 10 * MIB, // a form with a picture; whoever sends more should use the file pane
  answerBytes: 64 * MIB, // a page with its pictures
  firstByteMs: 30 * SECOND,
  quietMs: 60 * SECOND,
  longestMs: 600 * SECOND, // a stream of events begins again by itself
  atOnce: 64, // browsers open six connections to one host, and a room has a dozen watchers
};

/** Of answers that end a request (RFC 9110, 15). Others are read too, and could not be passed on: 099, or 101 without an upgrade. */
const STATUSES = { least: 200, most: 599 };

export interface PreviewOptions {
  readonly previews: Pick<Previews, 'find'>;
  /** The one origin of our own pages. */
  readonly origin: () => string;
  /** Where each capability has a host of its own: `https://*.preview.example`; null for below our origin. */
  readonly previewHosts: string | null;
  /** False behind a trusted proxy, which may rewrite Host. */
  readonly checkHost: boolean;
  readonly log: Log;
  /** Smaller ones in tests. */
  readonly previewBounds?: PreviewBounds;
}

/** What an address of a preview asks for. */
interface Wanted {
  readonly capability: string;
  /** Path and query for the program in the seat. */
  readonly path: string;
  /** What the program's own paths begin with in the browser: without a slash at its end. */
  readonly prefix: string;
}

/** True when the request was for a preview, and is answered here. */
export type TakePreview = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createPreview(options: PreviewOptions): TakePreview {
  const { previews, previewHosts, origin, log, previewBounds: bounds = BOUNDS } = options;
  const busy = new Map<PreviewTarget, number>();
  return (request, response) => {
    const wanted = wantedOf(request, options);
    if (wanted === null) return false;
    const fault = (kind: PreviewFault, port = 0) => previewFault(request, response, kind, port);
    if (wanted === 'foreign') return fault('unknown');
    if (wanted.path === '') {
      // Relative links of the page need the slash.
      response.writeHead(308, { location: `${wanted.prefix}/`, 'cache-control': 'no-store' }).end();
      return true;
    }
    const target = previews.find(wanted.capability);
    if (target === null) return fault('unknown');
    if (target === 'ended') return fault('ended');
    const held = busy.get(target) ?? 0;
    if (held >= bounds.atOnce) return fault('busy', target.port);
    busy.set(target, held + 1);
    response.once('close', () => {
      const left = (busy.get(target) ?? 1) - 1;
      if (left > 0) busy.set(target, left);
      else busy.delete(target);
    });
    const framing = {
      prefix: wanted.prefix,
      origin: origin(),
      ownOrigin: previewHosts !== null,
    } satisfies Framing;
    const isOpen = () => previews.find(wanted.capability) === target;
    pass(request, response, target, { ...wanted, framing, bounds, isOpen }).catch((error: unknown) => {
      log.error({ err: error }, 'a preview failed');
      if (!response.headersSent) fault('broken', target.port);
      else response.destroy();
    });
    return true;
  };
}

function wantedOf(request: IncomingMessage, options: PreviewOptions): Wanted | 'foreign' | null {
  const { origin, previewHosts: hosts, checkHost } = options;
  const url = request.url ?? '';
  const host = (request.headers.host ?? '').toLowerCase();
  if (hosts !== null) {
    const [before = '', after = ''] = new URL(hosts.replace('*', 'capability')).host.split('capability');
    if (!(host.startsWith(before) && host.endsWith(after)) || host === new URL(origin()).host) return null;
    const capability = host.slice(before.length, host.length - after.length);
    return { capability, path: url.startsWith('/') ? url : '/', prefix: '' };
  }
  if (!url.startsWith(PREVIEW_PATH)) return null;
  // A name that was rebound to this address is not ours.
  if (checkHost && host !== new URL(origin()).host) return 'foreign';
  const [, capability = '', path = ''] = /^\/preview\/([a-z2-7]*)(.*)$/.exec(url) ?? [];
  const clean = path === '' || path.startsWith('/') ? path : path.startsWith('?') ? '' : null;
  return clean === null ? 'foreign' : { capability, path: clean, prefix: PREVIEW_PATH + capability };
}

interface Passing extends Pick<Wanted, 'path'> {
  readonly framing: Framing;
  readonly bounds: PreviewBounds;
  /** The address still leads there. */
  readonly isOpen: () => boolean;
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  target: PreviewTarget,
  { path, framing, bounds, isOpen }: Passing,
): Promise<void> {
  const { port } = target;
  const fault = (kind: PreviewFault) => {
    if (response.headersSent) response.destroy();
    else previewFault(request, response, kind, port);
  };
  if (Number(request.headers['content-length'] ?? 0) > bounds.requestBytes) return fault('large');
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    response.writeHead(204, answerHeaders({}, request.headers, framing, port)).end();
    return;
  }
  let stream: Duplex;
  try {
    stream = await target.connect();
  } catch {
    return fault('nothing'); // nothing listens: the person reads what to do
  }
  stream.on('error', () => undefined);
  if (response.destroyed) {
    stream.destroy();
    return;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked = ask({
    createConnection: () => stream,
    method: request.method,
    path,
    headers: { ...requestHeaders(request.headers), host: upstreamHost(port), connection: 'close' },
    setHost: false,
  });
  const timers = [
    setTimeout(() => end('slow'), bounds.firstByteMs),
    setTimeout(() => end('slow'), bounds.longestMs),
  ] as const;
  let quiet: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => end('slow'), bounds.quietMs);
  };
  let over = false;
  function end(kind: PreviewFault | null): void {
    if (over) return;
    over = true;
    for (const timer of timers) clearTimeout(timer);
    clearTimeout(quiet);
    asked.destroy();
    stream.destroy();
    if (kind !== null) fault(kind);
    resolve();
  }

  let sent = 0;
  request.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > bounds.requestBytes) end('large');
  });
  request.pipe(asked);
  request.on('error', () => end(null));
  response.on('close', () => end(null));
  asked.on('error', () => end('broken'));
  asked.on('information', () => undefined);
  asked.on('upgrade', () => end('broken'));
  asked.on('response', (answer) => {
    const { statusCode: status = 0 } = answer;
    if (over || status < STATUSES.least || status > STATUSES.most) return end('broken');
    clearTimeout(timers[0]);
    alive();
    let received = 0;
    response.writeHead(status, answerHeaders(answer.headers, request.headers, framing, port));
    response.flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      alive();
      received += chunk.length;
      if (received > bounds.answerBytes) end('large');
      // Whoever has lost the address does not go on hearing.
      else if (!isOpen()) end('ended');
    });
    answer.on('error', () => end('broken'));
    answer.pipe(response);
  });
  await promise;
}
