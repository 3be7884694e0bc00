/** The worker behind `mirror.ts`: one headless xterm per terminal, of the same width policy as the browser's. */
import { parentPort, workerData } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import { Boundary } from './boundary.ts';
import { Commands } from './commands.ts';
import { parseFlood } from './flood.ts';
import { type Command, type FromMirror, LOT_BYTES, type ToMirror, UNDER_WAY } from './mirror-messages.ts';
import { type MirrorScreen, openMirrorScreen } from './mirror-screen.ts';
import { Turns } from './turns.ts';

/** Of a screen full of colours it leaves a tenth more than the usual level, in a third of the time. */
const FAST = { level: 1 };

interface Held {
  readonly screen: MirrorScreen;
  readonly commands: Commands;
  readonly boundary: Boundary;
}

const terminals = new Map<number, Held>();
const underWay = new Int32Array(workerData);
const turns = new Turns(
  () => performance.now(),
  (id) => {
    Atomics.store(underWay, UNDER_WAY.id, id);
    Atomics.add(underWay, UNDER_WAY.step, 1);
  },
);
let running = false;

parentPort?.on('message', (message: ToMirror) => {
  if (message.type === 'close') {
    turns.drop(message.id);
    terminals.get(message.id)?.screen.terminal.dispose();
    terminals.delete(message.id);
    return;
  }
  turns.add(message.id, work(message));
  if (!running) setImmediate(turn);
  running = true;
});

/** One at a time, so that what has come meanwhile is heard. */
function turn(): void {
  turns.turn();
  Atomics.store(underWay, UNDER_WAY.id, 0);
  running = !turns.idle;
  if (running) setImmediate(turn);
}

function tell(message: FromMirror, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer]);
}

function* work(message: Exclude<ToMirror, { readonly type: 'close' }>): Generator<undefined, void> {
  const { id } = message;
  if (message.type === 'open') {
    const screen = openMirrorScreen(message.cols, message.rows);
    const told = (command: Command) => tell({ type: 'command', id, command });
    const commands = new Commands(screen.terminal, told, message.firstCommand);
    terminals.set(id, { screen, commands, boundary: new Boundary(message.base) });
    return;
  }
  const held = terminals.get(id);
  if (held === undefined) return;
  const { screen, commands, boundary } = held;
  switch (message.type) {
    case 'write': {
      const { chunk } = message;
      const bytes = chunk.length;
      boundary.push(chunk);
      yield* parseFlood(screen, chunk);
      commands.flush();
      if (bytes === LOT_BYTES) tell({ type: 'parsed', id, bytes, chunk }, [chunk.buffer]);
      else tell({ type: 'parsed', id, bytes });
      return;
    }
    case 'resize':
      screen.resize(message.cols, message.rows);
      return;
    case 'snapshot': {
      const { cols, rows } = screen.terminal;
      const drawn = screen.snapshot();
      yield;
      const snapshot = { offset: boundary.safe, cols, rows, packed: deflateRawSync(drawn, FAST) };
      tell({ type: 'snapshot', ask: message.ask, snapshot });
      return;
    }
    default:
      tell({ type: 'commands', ask: message.ask, commands: commands.list() });
  }
}
