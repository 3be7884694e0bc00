import type { IncomingHttpHeaders, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';

/** How a page is shown: where its paths begin, and who may put it in a frame. */
export interface Framing {
  readonly prefix: string;
  /** Of our own pages. */
  readonly origin: string;
  /** Each preview has a host of its own. */
  readonly ownOrigin: boolean;
}

/** They are about one connection (RFC 9110, 7.6.1), or ours to say. */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings'],
];
/** Ours: what we know of the person goes to no program of a seat. */
const KEPT_FROM_PROGRAMS = new Set([
  ...HOP_BY_HOP,
  ...['cookie', 'authorization', 'origin', 'referer', 'host', 'expect', 'forwarded', 'x-real-ip'],
]);
/** Of what stands in front of us: who somebody is, and proofs of it. A program would act in their name. */
const OF_PROXIES = [
  ...[
    'x-forwarded-',
    'x-auth-',
    'x-amzn-oidc-',
    'x-goog-',
    'x-ms-',
    'x-envoy-',
    'x-pomerium-',
    'x-authentik-',
  ],
  ...['x-original-', 'x-client-', 'x-remote-', 'remote-', 'cf-', 'tailscale-', 'true-client-ip', 'via'],
];
/** Orders to what stands in front of us: nginx would send a file of its own instead, or keep the answer. */
const TO_PROXIES = [
  'x-accel-',
  'x-sendfile',
  'x-lighttpd-',
  'x-litespeed-',
  'x-reproxy-',
  'surrogate-',
  'cdn-',
];

/** What would change how the browser treats our own pages, or carry something back to us. */
const KEPT_FROM_BROWSERS = new Set([
  ...HOP_BY_HOP,
  ...['set-cookie', 'set-cookie2', 'www-authenticate', 'clear-site-data', 'strict-transport-security'],
  ...['alt-svc', 'public-key-pins', 'service-worker-allowed', 'refresh', 'x-frame-options', 'x-robots-tag'],
  ...[
    'nel',
    'report-to',
    'reporting-endpoints',
    'content-security-policy-report-only',
    'origin-agent-cluster',
  ],
  ...[
    'referrer-policy',
    'x-content-type-options',
    'cross-origin-opener-policy',
    'cross-origin-resource-policy',
  ],
  ...['cross-origin-embedder-policy', 'accept-ch', 'critical-ch', 'speculation-rules', 'x-powered-by'],
]);

export const upstreamHost = (port: number): string => `localhost:${port}`;

export function requestHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = listed(headers.connection);
  const passed = Object.entries(headers).filter(
    ([name]) => !(KEPT_FROM_PROGRAMS.has(name) || named.has(name) || beginsWith(name, OF_PROXIES)),
  );
  return { ...Object.fromEntries(passed), ...framing(headers) };
}

/** How long the body is, whatever the method: without it, a body would be read as the next request. */
function framing(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const length = headers['content-length'];
  if (length !== undefined) return { 'content-length': length };
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

export function answerHeaders(
  answer: IncomingHttpHeaders,
  asked: IncomingHttpHeaders,
  framing: Framing,
  port: number,
): Record<string, OutgoingHttpHeader> {
  const named = listed(answer.connection);
  const passed: Record<string, OutgoingHttpHeader> = {};
  for (const [name, value] of Object.entries(answer)) {
    const dropped =
      KEPT_FROM_BROWSERS.has(name) ||
      named.has(name) ||
      name.startsWith('access-control-') ||
      beginsWith(name, TO_PROXIES);
    if (value !== undefined && !dropped) passed[name] = value;
  }
  const { location } = answer;
  return {
    ...passed,
    ...(location === undefined ? {} : { location: relocated(location, framing.prefix, port) }),
    ...crossOrigin(asked),
    // Beside the program's own policy: browsers keep to each.
    'content-security-policy': [...[answer['content-security-policy'] ?? []].flat(), policy(framing)],
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'x-robots-tag': 'noindex',
    // A capability's page is nobody else's, and what runs at a port changes.
    'cache-control': 'no-store',
  };
}

/** An opaque origin, or one of its own: nothing of ours is within its reach. */
export function policy({ origin, ownOrigin }: Pick<Framing, 'origin' | 'ownOrigin'>): string {
  const own = ownOrigin ? ' allow-same-origin' : '';
  return `sandbox allow-scripts allow-forms${own}; frame-ancestors 'self' ${origin}`;
}

/**
 * A page with an opaque origin asks its own server as a stranger, so the answers are open to strangers:
 * who knows the capability may read them anyway, and no cookie is ever in play.
 */
function crossOrigin(asked: IncomingHttpHeaders): Record<string, string> {
  const wanted = asked['access-control-request-headers'];
  return {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
    ...(asked['access-control-request-method'] === undefined
      ? {}
      : {
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
          ...(typeof wanted === 'string' ? { 'access-control-allow-headers': wanted } : {}),
        }),
  };
}

/** A redirect to the program's own pages stays below the prefix; one to elsewhere is left as it is. */
export function relocated(location: string, prefix: string, port: number): string {
  const own = ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${port}`);
  if (location.startsWith('/') && !location.startsWith('//')) return prefix + location;
  if (!URL.canParse(location)) return location;
  const url = new URL(location);
  return own.includes(url.origin) ? prefix + url.pathname + url.search + url.hash : location;
}

function beginsWith(name: string, beginnings: readonly string[]): boolean {
  return beginnings.some((each) => name.startsWith(each));
}

/** Names in a Connection header: they are about this connection too. */
function listed(connection: string | undefined): ReadonlySet<string> {
  return new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
}
