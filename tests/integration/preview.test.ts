import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, createServer as listen } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Previews, previewUrl } from '../../server/seats/previews.ts';
import { startHttp, type TestServer } from '../support/http-server.ts';
import { freePort } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

const SANDBOX = 'sandbox allow-scripts allow-forms';

/** What the program in the seat has heard. */
interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of message) body += String(chunk);
  return body;
}

describe('previews below our own origin', () => {
  let server: TestServer;
  let program: Server;
  let port: number;
  const heard: Heard[] = [];
  const previews = new Previews((capability) => previewUrl(null, capability));
  let preview: ReturnType<Previews['open']>;

  beforeAll(async () => {
    program = createServer((asked, answer) => {
      void bodyOf(asked).then((body) => {
        heard.push({ method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, body });
        respond(asked.url ?? '', answer);
      });
    });
    program.listen(0, '127.0.0.1');
    await until(() => program.listening);
    port = (program.address() as AddressInfo).port; // a TCP port
    preview = previews.open({ port, connect: () => dial(port) });
    server = await startHttp({ previews });
  });
  afterAll(async () => {
    program.closeAllConnections();
    program.close();
    await server[Symbol.asyncDispose]();
  });

  function respond(url: string, answer: ServerResponse): void {
    const to = new URL(url, 'http://program').searchParams.get('to');
    if (url.startsWith('/redirect') && to !== null) return void answer.writeHead(302, { location: to }).end();
    if (url === '/slowly') {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      answer.write('data: one\n\n');
      return; // and no end
    }
    if (url === '/ticking') {
      const timer = setInterval(() => answer.write('tick\n'), 20);
      answer.on('close', () => clearInterval(timer));
      return;
    }
    if (url === '/endless') {
      answer.writeHead(200);
      const more = () => {
        while (!answer.destroyed && answer.write(Buffer.alloc(65_536)));
      };
      answer.on('drain', more);
      more();
      return;
    }
    answer.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "img-src 'none'",
      'set-cookie': ['stolen=1', '__Host-session=forged; Secure; Path=/'],
      'clear-site-data': '"*"',
      'www-authenticate': 'Basic realm="dojou"',
      'strict-transport-security': 'max-age=1',
      'service-worker-allowed': '/',
      'x-frame-options': 'DENY',
      'x-accel-redirect': '/internal/',
      'x-sendfile': '/etc/passwd',
      'x-mine': 'kept',
    });
    answer.end('<p>こんにちは');
  }

  it('PRV-1 passes path, query, method and body on, and the answer back', async () => {
    const answer = await fetch(`${server.origin}${preview.url}a%2Fb?q=1`, { method: 'POST', body: 'x=ろ' });
    expect(await answer.text()).toBe('<p>こんにちは');
    expect(answer.headers.get('x-mine')).toBe('kept');
    expect(heard.at(-1)).toMatchObject({ method: 'POST', url: '/a%2Fb?q=1', body: 'x=ろ' });
    expect(heard.at(-1)?.headers.host).toBe(`localhost:${port}`);
  });

  it.each([{ 'transfer-encoding': 'chunked' }, { connection: 'content-length', 'content-length': '35' }])(
    'PRV-1 a body stays one, whatever its method: %j',
    async (headers) => {
      const { hostname, port: ours, host } = new URL(server.origin);
      const before = heard.length;
      const body = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n';
      const asked = request({
        ...{ hostname, port: ours, path: preview.url, method: 'DELETE' },
        headers: { ...headers, host },
      });
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      asked.on('response', resolve).on('error', reject).end(body);
      expect(await bodyOf(await promise)).toBe('<p>こんにちは');
      expect(heard.slice(before).map(({ url, body: told }) => [url, told])).toEqual([['/', body]]);
    },
  );

  it('PRV-2 gives the program no cookie, no credentials and no address of ours', async () => {
    await fetch(server.origin + preview.url, {
      headers: {
        cookie: 'dojou=secret',
        authorization: 'Bearer secret',
        origin: server.origin,
        referer: `${server.origin}/rooms/x/`,
        'x-forwarded-for': '10.0.0.1',
        'x-amzn-oidc-data': 'secret',
        'cf-access-jwt-assertion': 'secret',
        'remote-user': 'secret',
        'x-mine': 'kept',
      },
    });
    const { headers } = heard.at(-1) ?? {};
    expect(JSON.stringify(headers)).not.toMatch(/secret|rooms|10\.0\.0\.1/);
    expect(headers).toMatchObject({ 'x-mine': 'kept' });
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('origin');
  });

  it('PRV-3 every answer is put into an origin of its own, beside the program’s own policy', async () => {
    const { headers } = await fetch(server.origin + preview.url);
    const policies = headers.get('content-security-policy') ?? '';
    expect(policies).toContain("img-src 'none'");
    expect(policies).toContain(SANDBOX);
    expect(policies).not.toContain('allow-same-origin');
    expect(policies).toContain(`frame-ancestors 'self' ${server.origin}`);
    for (const path of ['redirect?to=/x', 'none']) {
      const other = await fetch(`${server.origin}${preview.url}${path}`, { redirect: 'manual' });
      expect(other.headers.get('content-security-policy')).toContain('sandbox');
    }
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('PRV-4 lets no answer set cookies or change how our own pages are treated', async () => {
    const { headers } = await fetch(server.origin + preview.url);
    expect(headers.getSetCookie()).toEqual([]);
    for (const name of [
      ...['clear-site-data', 'www-authenticate', 'strict-transport-security', 'service-worker-allowed'],
      ...['x-frame-options', 'access-control-allow-credentials', 'x-accel-redirect', 'x-sendfile'],
    ]) {
      expect(headers.has(name), name).toBe(false);
    }
  });

  it.each([
    ['/deep/page', 'below'],
    ['http://localhost:PORT/deep/page', 'below'],
    ['http://127.0.0.1:PORT/deep/page', 'below'],
    ['page?x=1', 'as it is'],
    ['https://elsewhere.example/x', 'as it is'],
    ['//elsewhere.example/x', 'as it is'],
  ])('PRV-5 a redirect to %s stays %s', async (to, what) => {
    const wanted = to.replace('PORT', String(port));
    const url = `${server.origin}${preview.url}redirect?to=${encodeURIComponent(wanted)}`;
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(what === 'below' ? `${preview.url}deep/page` : wanted);
  });

  it('PRV-6 streams: the first event is there while the answer goes on', async () => {
    const cancel = new AbortController();
    const { body } = await fetch(`${server.origin}${preview.url}slowly`, { signal: cancel.signal });
    const first = await body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('data: one\n\n');
    cancel.abort();
    // And the program is let go of.
    await until(() => new Promise((resolve) => program.getConnections((_, count) => resolve(count === 0))));
  });

  it('PRV-7 bounds what is sent and what comes back', async () => {
    const large = await fetch(server.origin + preview.url, {
      method: 'POST',
      body: Buffer.alloc(11 * 1024 * 1024),
    }).catch(() => null);
    expect(large === null || large.status === 413).toBe(true);
    const answer = await fetch(`${server.origin}${preview.url}endless`);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  it('PRV-8 says in words that nothing listens, that it is no HTTP, and that it has ended', async () => {
    const empty = await freePort();
    using nothing = previews.open({ port: empty, connect: () => dial(empty) });
    const early = await fetch(server.origin + nothing.url, { headers: { 'accept-language': 'ja' } });
    expect(early.status).toBe(503);
    expect(await early.text()).toContain(`ポート ${empty} で待ち受けているプログラムがありません`);

    const babble = listen((socket) => socket.end('no http at all\n')).listen(0, '127.0.0.1');
    await until(() => babble.listening);
    const other = (babble.address() as AddressInfo).port; // a TCP port
    const strange = previews.open({ port: other, connect: () => dial(other) });
    const broken = await fetch(server.origin + strange.url, { headers: { 'accept-language': 'en-GB,en' } });
    expect(broken.status).toBe(502);
    expect(await broken.text()).toContain('no answer that can be read as HTTP');
    babble.close();

    strange[Symbol.dispose]();
    const ended = await fetch(server.origin + strange.url);
    expect(ended.status).toBe(410);
    expect(await ended.text()).toContain('このページは終わりました');
    for (const path of ['/preview/', '/preview/aaaa/', `/preview/${'a'.repeat(32)}/x`]) {
      expect((await fetch(server.origin + path)).status, path).toBe(404);
    }
  });

  it.each(['000', '099', '101', '600'])(
    'PRV-15 the status %s is no answer, and ends nothing of ours',
    async (status) => {
      const odd = listen((socket) => {
        socket.once('data', () => socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`));
      }).listen(0, '127.0.0.1');
      await until(() => odd.listening);
      const other = (odd.address() as AddressInfo).port; // a TCP port
      using strange = previews.open({ port: other, connect: () => dial(other) });
      expect((await fetch(server.origin + strange.url)).status).toBe(502);
      expect((await fetch(server.origin + preview.url)).status).toBe(200);
      odd.close();
    },
  );

  it('PRV-9 answers on our own host alone', async () => {
    const { hostname, port: ours } = new URL(server.origin);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    request(
      { hostname, port: ours, path: preview.url, headers: { host: 'rebound.example' } },
      ({ statusCode }) => resolve(statusCode),
    ).end();
    expect(await promise).toBe(404);
  });

  it('PRV-10 a page of a seat is refused by our API', async () => {
    const answer = await fetch(`${server.origin}/api/session`, {
      method: 'POST',
      headers: { origin: 'null', 'content-type': 'application/json' },
      body: '{"name":"x"}',
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('PRV-11 a page may ask its own server, which is a stranger to it', async () => {
    const asked = await fetch(`${server.origin}${preview.url}api`, {
      method: 'OPTIONS',
      headers: {
        origin: 'null',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(asked.headers.get('access-control-allow-headers')).toBe('content-type');
    const { headers } = await fetch(`${server.origin}${preview.url}api`);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it('PRV-12 no socket is passed on', async () => {
    const before = heard.length;
    const socket = new WebSocket(server.origin.replace('http', 'ws') + preview.url, {
      origin: server.origin,
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.on('error', (error) => resolve(error.message));
    expect(await promise).toMatch(/Unexpected server response|socket hang up/);
    expect(heard.slice(before).filter(({ headers }) => headers.upgrade !== undefined)).toEqual([]);
  });

  it('PRV-13 what is still coming from an address ends with it', async () => {
    using short = previews.open({ port, connect: () => dial(port) });
    const left = short.url;
    const answer = await fetch(`${server.origin}${left}ticking`);
    short.renew();
    await expect(answer.text()).rejects.toThrow();
    expect((await fetch(server.origin + left)).status).toBe(410);
    expect((await fetch(server.origin + short.url)).status).toBe(200);
  });

  it('PRV-13 the address is unguessable, and another for each port and seat', () => {
    using one = previews.open({ port: 8000, connect: () => dial(8000) });
    using other = previews.open({ port: 8000, connect: () => dial(8000) });
    expect(one.url).toMatch(/^\/preview\/[a-z2-7]{32}\/$/);
    expect(one.url).not.toBe(other.url);
  });
});

describe('previews of programs that keep one waiting', () => {
  const bounds = {
    requestBytes: 100,
    answerBytes: 100,
    firstByteMs: 150,
    quietMs: 150,
    longestMs: 600,
    atOnce: 2,
  };

  it('PRV-7 cuts off by time what does not begin, falls quiet or does not end, and bounds what goes on at once', async () => {
    const previews = new Previews((capability) => previewUrl(null, capability));
    const program = createServer((asked, answer) => {
      if (asked.url === '/never') return;
      answer.write('x');
      if (asked.url === '/quiet') return;
      const timer = setInterval(() => answer.write('x'), 20);
      answer.on('close', () => clearInterval(timer));
    });
    program.listen(0, '127.0.0.1');
    await until(() => program.listening);
    const { port } = program.address() as AddressInfo; // a TCP port
    using preview = previews.open({ port, connect: () => dial(port) });
    await using server = await startHttp({ previews, previewBounds: bounds });
    const get = (path: string) => fetch(`${server.origin}${preview.url}${path}`);
    const never = await get('never');
    expect(never.status).toBe(504);
    expect(await never.text()).toContain('返事がありません');
    await expect(get('quiet').then((answer) => answer.text())).rejects.toThrow();
    const [one, other] = await Promise.all([get('on'), get('on')]);
    expect((await get('on')).status).toBe(429);
    await expect(one.text()).rejects.toThrow();
    await expect(other.text()).rejects.toThrow();
    await until(async () => (await get('never')).status === 504);
    program.closeAllConnections();
    program.close();
  });
});

describe('previews on hosts of their own', () => {
  it('PRV-14 each capability is a host, whose page has an origin and absolute paths of its own', async () => {
    const hosts = 'http://*.preview.localhost:9999';
    const previews = new Previews((capability) => previewUrl(hosts, capability));
    const program = createServer((asked, answer) => answer.end(`${asked.headers.host} ${asked.url}`));
    program.listen(0, '127.0.0.1');
    await until(() => program.listening);
    const { port } = program.address() as AddressInfo; // a TCP port
    using preview = previews.open({ port, connect: () => dial(port) });
    expect(preview.url).toMatch(/^http:\/\/[a-z2-7]{32}\.preview\.localhost:9999\/$/);
    await using server = await startHttp({ previews, previewHosts: hosts });
    const get = (host: string, path: string) => {
      const { hostname, port: ours } = new URL(server.origin);
      const { promise, resolve, reject } = Promise.withResolvers<{
        status?: number;
        body: string;
        csp: string;
      }>();
      request({ hostname, port: ours, path, headers: { host } }, (answer) => {
        const csp = String(answer.headers['content-security-policy']);
        bodyOf(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body, csp }), reject);
      }).end();
      return promise;
    };
    const { body, csp } = await get(new URL(preview.url).host, '/style.css?v=1');
    expect(body).toBe(`localhost:${port} /style.css?v=1`);
    expect(csp).toContain(`${SANDBOX} allow-same-origin`);
    expect((await get('unknown.preview.localhost:9999', '/api/me')).status).toBe(404);
    expect((await get(new URL(server.origin).host, new URL(preview.url).pathname)).body).toContain('home');
    program.closeAllConnections();
    program.close();
  });
});

function dial(port: number): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket = connect(port, '127.0.0.1', () => resolve(socket));
  socket.on('error', reject);
  return promise;
}
