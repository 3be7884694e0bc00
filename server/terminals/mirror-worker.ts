/** The worker behind `mirror.ts`: one headless xterm per terminal, of the same width policy as the browser's. */
import { parentPort } from 'node:worker_threads';
import { SerializeAddon } from '@xterm/addon-serialize';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import headless from '@xterm/headless';
import { Boundary } from './boundary.ts';
import { type FromMirror, LOT_BYTES, type ToMirror } from './mirror-messages.ts';

/** Lines above the screen that a late joiner can scroll back to. */
const LINES = 500;

interface Screen {
  readonly terminal: InstanceType<typeof headless.Terminal>;
  readonly serializer: SerializeAddon;
  readonly boundary: Boundary;
}

const screens = new Map<number, Screen>();

function tell(message: FromMirror, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer]);
}

function open(base: number, cols: number, rows: number): Screen {
  const terminal = new headless.Terminal({ cols, rows, scrollback: LINES, allowProposedApi: true });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.unicode.activeVersion = '15-graphemes';
  return { terminal, serializer, boundary: new Boundary(base) };
}

parentPort?.on('message', (message: ToMirror) => {
  if (message.type === 'open') {
    screens.set(message.id, open(message.base, message.cols, message.rows));
    return;
  }
  const screen = screens.get(message.id);
  if (screen === undefined) return;
  const { terminal, serializer, boundary } = screen;
  switch (message.type) {
    case 'write': {
      const { id, chunk } = message;
      const bytes = chunk.length;
      boundary.push(chunk);
      terminal.write(chunk, () => {
        if (bytes === LOT_BYTES) tell({ type: 'parsed', id, bytes, chunk }, [chunk.buffer]);
        else tell({ type: 'parsed', id, bytes });
      });
      return;
    }
    case 'resize':
      terminal.write('', () => terminal.resize(message.cols, message.rows));
      return;
    case 'snapshot': {
      const offset = boundary.safe;
      terminal.write('', () => {
        const snapshot = { offset, cols: terminal.cols, rows: terminal.rows, vt: serializer.serialize() };
        tell({ type: 'snapshot', ask: message.ask, snapshot });
      });
      return;
    }
    default:
      terminal.dispose();
      screens.delete(message.id);
  }
});
