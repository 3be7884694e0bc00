import type { Duplex } from 'node:stream';
import { type AgentLink, parseExit, parseJson, parseReason } from './agent-link.ts';
import { AgentStream, CreditedWriter } from './agent-stream.ts';
import { AGENT_CHANNELS, encodeJson, type Frame, KIND, type Kind, MalformedFrame } from './frames.ts';
import type { ExecOptions, ExecResult, ReadResult, SandboxFile } from './sandbox.ts';

/** The agent kills what takes too long; if it does not answer by this much later, it is stuck. */
const GRACE_MS = 10_000;
/** Moving a file takes no longer, whatever its size. */
const FILE_MS = 60_000;
/** Both those that programs inside have opened and those that the server has. */
const MAX_CONNECTIONS = 256;

/** A window of single bytes, and more. */
const MAX_STRAYS = 300_000;

interface Request {
  frame(kind: number, payload: Buffer): void;
  fail(error: Error): void;
}

/** The link for work, seen from the server: exec, files and connections. */
export class AgentWork {
  readonly #link: AgentLink;
  readonly #onStuck: (reason: string) => void;
  readonly #requests = new Map<number, Request>();
  readonly #listeners = new Map<number, (stream: Duplex) => void>();
  readonly #connections = new Map<number, AgentStream>();
  /** Asked for, not yet there. */
  #connecting = 0;
  #nextChannel = 1;
  #strays = 0;
  #closed: Error | null = null;

  constructor(link: AgentLink, onStuck: (reason: string) => void) {
    this.#link = link;
    this.#onStuck = onStuck;
  }

  frame({ kind, channel, payload }: Frame): void {
    if (kind === KIND.ACCEPT) this.#accept(channel, payload.readUInt32BE(0));
    else this.#spoken(channel, kind, payload);
  }

  /** What was on its way when a channel was given up belongs to nobody; without end it is no accident. */
  #spoken(channel: number, kind: number, payload: Buffer): void {
    const target = this.#requests.get(channel) ?? this.#connections.get(channel);
    if (target) {
      this.#strays = 0;
      target.frame(kind, payload);
      return;
    }
    this.#strays += 1;
    const unknown = channel < AGENT_CHANNELS && channel >= this.#nextChannel;
    if (unknown || this.#strays > MAX_STRAYS) throw new MalformedFrame('words for nobody');
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = new Error(reason);
    for (const request of [...this.#requests.values()]) request.fail(this.#closed);
    for (const stream of [...this.#connections.values()]) stream.broken(reason);
    this.#requests.clear();
    this.#connections.clear();
  }

  exec(options: ExecOptions): Promise<ExecResult> {
    const kept = { stdout: new Bounded(options.maxBytes), stderr: new Bounded(options.maxBytes) };
    const { argv, timeoutMs, maxBytes, stdin } = options;
    return this.#request<ExecResult>(KIND.EXEC, { argv, timeoutMs, maxBytes }, timeoutMs + GRACE_MS, {
      send: stdin ?? new Uint8Array(),
      frame(kind, payload) {
        if (kind === KIND.STDOUT) kept.stdout.add(payload);
        else if (kind === KIND.STDERR) kept.stderr.add(payload);
        else if (kind === KIND.DONE) {
          const { timedOut, truncated } = parseJson(payload);
          return {
            ...parseExit(payload),
            stdout: kept.stdout.bytes(),
            stderr: kept.stderr.bytes(),
            timedOut: timedOut === true,
            truncated: truncated === true,
          };
        }
        return null;
      },
    });
  }

  /** From now on the environment of every program, and nothing beside it. */
  async dress(env: Readonly<Record<string, string>>): Promise<void> {
    await this.#request(KIND.DRESS, { env }, GRACE_MS, {
      send: null,
      frame: (kind) => (kind === KIND.DONE ? { done: true } : null),
    });
  }

  async writeFile({ path, content, mode = 0o644 }: SandboxFile): Promise<void> {
    await this.#request(KIND.WRITE, { path, mode }, FILE_MS, {
      send: typeof content === 'string' ? Buffer.from(content) : content,
      frame: (kind) => (kind === KIND.DONE ? { done: true } : null),
    });
  }

  async readFile(path: string, maxBytes: number): Promise<ReadResult> {
    const kept = new Bounded(maxBytes);
    return await this.#request<ReadResult>(KIND.READ, { path, maxBytes }, FILE_MS, {
      send: null,
      frame(kind, payload) {
        if (kind === KIND.DATA) kept.add(payload);
        else if (kind === KIND.DONE) {
          return { status: 'found', content: kept.bytes(), truncated: parseJson(payload).truncated === true };
        } else if (kind === KIND.FAILED) {
          const status = parseJson(payload).status === 'missing' ? 'missing' : 'refused';
          return { status, reason: parseReason(payload) };
        }
        return null;
      },
    });
  }

  async forward(port: number, onConnection: (stream: Duplex) => void): Promise<void> {
    const channel = this.#nextChannel;
    this.#listeners.set(channel, onConnection);
    try {
      await this.#request(KIND.LISTEN, { port }, FILE_MS, {
        send: null,
        frame: (kind) => (kind === KIND.DONE ? { done: true } : null),
      });
    } catch (error) {
      this.#listeners.delete(channel);
      throw new Error(`port ${port} cannot be opened in the sandbox`, { cause: error });
    }
  }

  async connect(port: number): Promise<Duplex> {
    if (this.#connections.size + this.#connecting >= MAX_CONNECTIONS) throw new Error('too many connections');
    this.#connecting += 1;
    try {
      return await this.#request<AgentStream>(KIND.CONNECT, { port }, FILE_MS, {
        send: null,
        // Made at once: what the program says first follows in the same chunk.
        frame: (kind, _payload, channel) => (kind === KIND.DONE ? this.#opened(channel) : null),
      });
    } catch (error) {
      throw new Error(`port ${port} cannot be reached in the sandbox`, { cause: error });
    } finally {
      this.#connecting -= 1;
    }
  }

  #accept(channel: number, listener: number): void {
    const handler = this.#listeners.get(listener);
    if (!handler || channel < AGENT_CHANNELS || this.#connections.has(channel)) {
      throw new MalformedFrame('a connection that nobody waits for');
    }
    if (this.#connections.size >= MAX_CONNECTIONS) throw new MalformedFrame('too many connections');
    handler(this.#opened(channel));
  }

  #opened(channel: number): AgentStream {
    const stream = new AgentStream(channel, this.#link.send, () => this.#connections.delete(channel));
    this.#connections.set(channel, stream);
    // A connection that breaks off is everyday life; handlers that care add their own listener.
    stream.on('error', () => undefined);
    return stream;
  }

  /** `frame` gives the answer once it is there; FAILED rejects unless `frame` makes something of it. */
  #request<T extends object>(
    kind: Kind,
    body: object,
    withinMs: number,
    {
      send,
      frame,
    }: {
      send: Uint8Array | null;
      frame: (kind: number, payload: Buffer, channel: number) => T | null;
    },
  ): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    const channel = this.#nextChannel++;
    const writer = new CreditedWriter(channel, this.#link.send);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => this.#onStuck('the agent does not answer'), withinMs);
    const settle = (): void => {
      clearTimeout(timer);
      this.#requests.delete(channel);
    };
    this.#requests.set(channel, {
      frame(answer, payload) {
        if (answer === KIND.CREDIT) {
          writer.grant(payload.readUInt32BE(0));
          return;
        }
        const result = frame(answer, payload, channel);
        if (result === null && answer !== KIND.FAILED) return;
        // Read first: a reason that makes no sense ends the sandbox, and with it this request.
        const refused = result === null ? new Error(parseReason(payload)) : null;
        settle();
        if (result) resolve(result);
        else reject(refused);
      },
      fail(error) {
        settle();
        reject(error);
      },
    });
    this.#link.send(encodeJson(kind, channel, body));
    if (send) writer.write(send, () => writer.end());
    return promise;
  }
}

/** Keeps the first bytes, whatever the agent sends. */
class Bounded {
  readonly #chunks: Buffer[] = [];
  #left: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  add(chunk: Buffer): void {
    const kept = chunk.subarray(0, this.#left);
    this.#left -= kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
