import type { Terminal } from '@xterm/headless';

interface Core {
  writeSync(data: string | Uint8Array): void;
}

/** Parses at once: xterm.js has no public way, and a simulation decides itself when something is parsed. */
export function writeNow(terminal: Terminal, data: string | Uint8Array): void {
  const core: Partial<Core> = Reflect.get(terminal, '_core');
  if (core.writeSync === undefined) throw new Error('xterm.js has no writeSync: its insides have changed');
  core.writeSync(data);
}
