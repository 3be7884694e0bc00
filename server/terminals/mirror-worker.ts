/** The worker behind `mirror.ts`: one headless xterm per terminal, of the same width policy as the browser's. */
import { parentPort } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import { Boundary } from './boundary.ts';
import { Commands } from './commands.ts';
import { parseFlood } from './flood.ts';
import { type FromMirror, LOT_BYTES, type ToMirror } from './mirror-messages.ts';
import { type MirrorScreen, openMirrorScreen } from './mirror-screen.ts';

/** Of a screen full of colours it leaves a tenth more than the usual level, in a third of the time. */
const FAST = { level: 1 };

interface Held {
  readonly screen: MirrorScreen;
  readonly commands: Commands;
  readonly boundary: Boundary;
}

const terminals = new Map<number, Held>();

function tell(message: FromMirror, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer]);
}

parentPort?.on('message', (message: ToMirror) => {
  const { id } = message;
  if (message.type === 'open') {
    const screen = openMirrorScreen(message.cols, message.rows);
    const commands = new Commands(screen.terminal, (command) => tell({ type: 'command', id, command }));
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
      parseFlood(screen, chunk);
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
      const snapshot = { offset: boundary.safe, cols, rows, packed: deflateRawSync(screen.snapshot(), FAST) };
      tell({ type: 'snapshot', ask: message.ask, snapshot });
      return;
    }
    case 'commands':
      tell({ type: 'commands', ask: message.ask, commands: commands.list() });
      return;
    default:
      screen.terminal.dispose();
      terminals.delete(id);
  }
});
