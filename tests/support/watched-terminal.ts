/** A terminal as a browser has it, without the browser: the client's own stream into a headless xterm. */
import type { Terminal } from '@xterm/headless';
import { encodeAck, type ServerFrame } from '#protocol/frames.ts';
import type { ServerMessage } from '#protocol/messages.ts';
import { type StreamScreen, TerminalStream } from '../../src/client/terminal-stream.ts';
import { openClientTerminal } from './client-terminal.ts';

export interface Line {
  send(frame: Uint8Array): void;
  /** The stream makes no sense: a browser would come back and ask for everything afresh. */
  broken(): void;
}

export class WatchedTerminal {
  readonly screen = openClientTerminal(80, 24);
  readonly stream: TerminalStream;
  /** What came as output, not as a screen. */
  readonly output: Buffer[] = [];
  readonly gaps: number[] = [];
  snapshots = 0;
  /** The connection that it has now. */
  line: Line;
  /** Acknowledge output as a browser does; a stalled viewer does not. */
  acks = true;

  constructor(
    number: number,
    line: Line,
    after: (ms: number, task: () => void) => void = (ms, task) => setTimeout(task, ms),
    /** What stands between stream and screen, if anything. */
    through: (screen: Terminal) => StreamScreen = (screen) => screen,
  ) {
    this.line = line;
    this.stream = new TerminalStream(through(this.screen), {
      acknowledge: (offset) => {
        if (this.acks) this.line.send(encodeAck(number, offset));
      },
      sized: () => undefined,
      broken: () => this.line.broken(),
      after,
    });
  }

  take(frame: ServerFrame): void {
    if (frame.kind === 'output') {
      // A frame that overlaps what is here already counts once.
      const known = Math.max(0, (this.stream.next ?? frame.offset) - frame.offset);
      this.output.push(Buffer.from(frame.bytes.subarray(known)));
      this.stream.output({ ...frame, bytes: Buffer.from(frame.bytes) });
      return;
    }
    this.snapshots += 1;
    this.gaps.push(frame.gap);
    this.stream.snapshot({ ...frame, packed: Buffer.from(frame.packed) });
  }

  sized(message: Extract<ServerMessage, { t: 'resumed' | 'resized' }>): void {
    if (message.t === 'resumed') this.stream.resumed(message.from);
    else this.stream.resized(message);
  }

  get text(): string {
    return Buffer.concat(this.output).toString();
  }

  /** What a person sees, line by line. */
  async lines(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.screen.write('', resolve));
    const { active } = this.screen.buffer;
    return Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
  }
}
