import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed body; undefined when there is none. */
  readonly json: unknown;
}

/**
 * A browser as the server sees it: keeps the cookie, says its Origin when it changes something. Over
 * node:http, since `fetch` sets Host by itself and tidies paths up.
 */
export class Browser {
  readonly #origin: string;
  readonly #address: string;
  cookie: string | null = null;

  constructor(origin: string, address: string) {
    this.#origin = origin;
    this.#address = address;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  /** A body that is no string is sent as JSON; an empty header is not sent. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = {
      host: new URL(this.#origin).host,
      ...(method === 'GET' ? {} : { origin: this.#origin }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.cookie === null ? {} : { cookie: this.cookie }),
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const answer = await roundTrip(this.#address, { method, path, headers: sent }, text);
    const set = answer.headers['set-cookie']?.[0]?.split(';', 1)[0];
    if (set !== undefined) this.cookie = set;
    return answer;
  }
}

function roundTrip(
  address: string,
  options: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  },
  body: string | undefined,
): Promise<Answer> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, ...options, agent: false }, (response) => {
      answerOf(response).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { headers, statusCode: status = 0 } = response;
  const text = decoded(Buffer.concat(chunks), headers['content-encoding']).toString();
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  return { status, headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined };
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}
