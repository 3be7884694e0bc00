/** Worker entry: keeps the states of its worlds, one queue per world, and asks the main thread to store. */
import { randomUUID } from 'node:crypto';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Queue } from '../../lib/queue.ts';
import { apply, begin, forwardEntry, handle, inspect } from './core.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { pictureOf } from './picture.ts';
import type { WorldSeed } from './seed.ts';
import type { WorldState } from './state.ts';
import type { LogEntry } from './world.ts';

interface Held {
  state: WorldState;
  readonly queue: Queue;
}

function serve(port: MessagePort): void {
  const worlds = new Map<string, Held>();
  const appends = new Map<number, (ok: boolean) => void>();
  let appendCount = 0;
  const send = (message: FromWorker) => port.postMessage(message);

  const store = (world: string, n: number, entry: LogEntry): Promise<boolean> => {
    const append = ++appendCount;
    const stored = new Promise<boolean>((resolve) => appends.set(append, resolve));
    send({ kind: 'append', append, world, n, entry });
    return stored;
  };

  const call = async (message: Extract<ToWorker, { kind: 'handle' }>): Promise<void> => {
    const held = worlds.get(message.world);
    if (!held) return fail(message.id, 'NotOpen', 'The world is not open.');
    const handled = handle(held.state, message.request, randomUUID());
    if (handled.kind === 'answer') return send({ kind: 'handled', id: message.id, ...handled.answer });
    // Applied before it is stored, published after: what cannot be applied never reaches the log.
    const { state, answer } = handled.commit();
    if (!(await store(message.world, held.state.n + 1, handled.entry))) {
      return send({ kind: 'handled', id: message.id, ...handled.refuse() });
    }
    held.state = state;
    send({ kind: 'handled', id: message.id, ...answer });
  };

  const forward = async ({ id, world, ms }: Extract<ToWorker, { kind: 'forward' }>): Promise<void> => {
    const held = worlds.get(world);
    if (!held) return fail(id, 'NotOpen', 'The world is not open.');
    let entry: LogEntry;
    try {
      entry = forwardEntry(held.state, ms);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return fail(id, error.name, error.message);
    }
    const state = apply(held.state, entry);
    if (!(await store(world, state.n, entry))) return fail(id, 'NotStored', 'The change was not stored.');
    held.state = state;
    send({ kind: 'forwarded', id });
  };

  const fail = (id: number, code: string, message: string) => send({ kind: 'failed', id, code, message });

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'open':
        return attempt(message.id, fail, () => {
          worlds.set(message.world, { state: replay(message.seed, message.entries), queue: new Queue() });
          send({ kind: 'opened', id: message.id });
        });
      case 'handle': {
        const queue = worlds.get(message.world)?.queue ?? new Queue();
        queue.run(() => call(message)).catch(end);
        return;
      }
      case 'forward': {
        const queue = worlds.get(message.world)?.queue ?? new Queue();
        queue.run(() => forward(message)).catch(end);
        return;
      }
      case 'picture':
        return attempt(message.id, fail, () => {
          const held = worlds.get(message.world);
          if (!held) throw new Error('The world is not open.');
          send({ kind: 'pictured', id: message.id, picture: pictureOf(held.state, message.now) });
        });
      case 'inspect':
        return attempt(message.id, fail, () => {
          const held = worlds.get(message.world);
          if (!held) throw new Error('The world is not open.');
          const output = inspect(held.state, message.action, message.params, message.now);
          send({ kind: 'inspected', id: message.id, output });
        });
      case 'stored':
        appends.get(message.append)?.(message.ok);
        appends.delete(message.append);
        return;
      case 'close':
        worlds.delete(message.world);
        return;
      case 'ping':
        send({ kind: 'pong' });
    }
  });
}

/** A failure outside `handle`'s own catch ends the worker: its worlds are reopened by replay. */
function end(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function attempt(
  id: number,
  fail: (id: number, code: string, message: string) => void,
  task: () => void,
): void {
  try {
    task();
  } catch (error) {
    if (error instanceof Error) fail(id, error.name, error.message);
    else throw error;
  }
}

function replay(seed: WorldSeed, entries: readonly LogEntry[]): WorldState {
  const [first, ...rest] = entries;
  if (!first) throw new Error('The log of a world is never empty.');
  return rest.reduce(apply, begin(seed, first));
}

if (parentPort) serve(parentPort);
