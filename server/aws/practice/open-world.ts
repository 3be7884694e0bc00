import type { Clock } from '../../lib/clock.ts';
import { Queue } from '../../lib/queue.ts';
import { internalFailure, type SeenCall } from './core.ts';
import { AwsFault } from './fault.ts';
import { LIMITS } from './limits.ts';
import type { WorldSeed } from './seed.ts';
import { beginEntry } from './state.ts';
import { failure } from './wire/answer.ts';
import { addressOf } from './wire/protocol.ts';
import type { WorkerLink } from './worker-link.ts';
import type { Call, WireRequest, WireResponse, WorldLog, WorldPicture } from './world.ts';

interface Parts {
  readonly id: string;
  readonly seed: WorldSeed;
  readonly log: WorldLog;
  readonly link: WorkerLink;
  readonly clock: Clock;
}

/**
 * The main thread's half of a world: its seed, its log and the calls it saw, all of which outlive a
 * crash of the worker; the state is replayed into the next one.
 */
export class OpenWorld {
  readonly #parts: Parts;
  readonly #calls: Call[] = [];
  readonly #listeners = new Set<(call: Call) => void>();
  #count = 0;
  #pending = 0;
  /** Life of the worker that holds the state; another life means that the state is gone. */
  #life = -1;
  #opening: Promise<void> | null = null;
  #closed = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async open(parts: Parts): Promise<OpenWorld> {
    const world = new OpenWorld({ ...parts, log: inOrder(parts.log) });
    await world.#ready();
    return world;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    if (this.#closed)
      return this.#own(request, new AwsFault('ServiceUnavailable', 'The world is closed.', 503));
    if (this.#pending >= LIMITS.pendingCalls) {
      return this.#own(request, new AwsFault('ThrottlingException', 'Rate exceeded', 400));
    }
    this.#pending++;
    try {
      await this.#ready();
      const { id, link } = this.#parts;
      const answer = await link.ask((n) => ({ kind: 'handle', id: n, world: id, request }));
      if (answer.kind !== 'handled') throw new Error('The worker answered another question.');
      this.#see(answer.call);
      return answer.response;
    } catch {
      // A dead worker, or a log that cannot be read: AWS's own 500, which clients try again.
      return this.#own(request, internalFailure());
    } finally {
      this.#pending--;
    }
  }

  calls(since: number): readonly Call[] {
    return this.#calls.filter((call) => call.n > since).slice(0, LIMITS.callsPerRead);
  }

  onCall(listener: (call: Call) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async inspect(action: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    await this.#ready();
    const { id, link, clock } = this.#parts;
    const answer = await link.ask((n) => ({
      kind: 'inspect',
      id: n,
      world: id,
      action,
      params,
      now: clock.now(),
    }));
    if (answer.kind !== 'inspected') throw new Error('The worker answered another question.');
    return answer.output;
  }

  async forward(ms: number): Promise<void> {
    await this.#ready();
    const { id, link } = this.#parts;
    const answer = await link.ask((n) => ({ kind: 'forward', id: n, world: id, ms }));
    if (answer.kind !== 'forwarded') throw new Error('The worker answered another question.');
  }

  async picture(): Promise<WorldPicture> {
    await this.#ready();
    const { id, link, clock } = this.#parts;
    const answer = await link.ask((n) => ({ kind: 'picture', id: n, world: id, now: clock.now() }));
    if (answer.kind !== 'pictured') throw new Error('The worker answered another question.');
    return answer.picture;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#opening?.catch(() => undefined); // an open that failed has been reported to who asked for it
    this.#parts.link.forget(this.#parts.id);
  }

  /** Opens the world in the worker, again if the worker that held it has died. */
  #ready(): Promise<void> {
    if (this.#life === this.#parts.link.life && !this.#opening) return Promise.resolve();
    this.#opening ??= this.#replay().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #replay(): Promise<void> {
    const { id, seed, log, link, clock } = this.#parts;
    let entries = await log.read();
    if (entries.length === 0) {
      const first = beginEntry(clock.now());
      await log.append(1, first);
      entries = [first];
    }
    const life = link.life;
    link.remember(id, log);
    await link.ask((n) => ({ kind: 'open', id: n, world: id, seed, entries }));
    this.#life = life;
  }

  #see(seen: SeenCall): void {
    const call: Call = { n: ++this.#count, ...seen };
    this.#calls.push(call);
    if (this.#calls.length > LIMITS.callsKept) this.#calls.shift();
    for (const listener of this.#listeners) listener(call);
  }

  #own(request: WireRequest, fault: AwsFault): WireResponse {
    return failure(addressOf(request), fault, crypto.randomUUID());
  }
}

/** One after another, so that a replay after a crash never reads around an append still under way. */
function inOrder(log: WorldLog): WorldLog {
  const queue = new Queue();
  return {
    read: () => queue.run(() => log.read()),
    append: (n, entry) => queue.run(() => log.append(n, entry)),
  };
}
