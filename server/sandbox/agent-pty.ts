import { constants } from 'node:os';
import type { AgentLink } from './agent-link.ts';
import { Delivery } from './delivery.ts';
import { encodeFrame, KIND, type Kind, MalformedFrame } from './frames.ts';
import type { Pty, PtyExit } from './sandbox.ts';

/**
 * What may still arrive after a pause: the agent's own backlog (256 KiB and one chunk) and the socket's
 * buffers, times four. An agent that goes on sending beyond is not ours.
 */
const HELD_BYTES = 4 * 1024 * 1024;

/** An agent that runs takes this much in no time; one that a learner has stopped must not fill our memory. */
const UNSENT_BYTES = 1024 * 1024;

/** A pty inside the sandbox, on a channel of the link for terminals. */
export class AgentPty implements Pty {
  readonly #channel: number;
  readonly #link: AgentLink;
  readonly #delivery = new Delivery(HELD_BYTES);
  #echoHandler: ((on: boolean) => void) | null = null;
  #echo = true;

  constructor(channel: number, link: AgentLink) {
    this.#channel = channel;
    this.#link = link;
  }

  output(chunk: Uint8Array): void {
    if (this.#delivery.over) throw new MalformedFrame('output after the exit of a pty');
    this.#delivery.data(chunk);
  }

  echoChanged(on: boolean): void {
    if (on === this.#echo) throw new MalformedFrame('the same of echo as before');
    this.#echo = on;
    this.#echoHandler?.(on);
  }

  exited(exit: PtyExit): void {
    this.#delivery.exit(exit);
  }

  onData(handler: (chunk: Uint8Array) => void): void {
    this.#delivery.onData(handler);
  }

  onExit(handler: (exit: PtyExit) => void): void {
    this.#delivery.onExit(handler);
  }

  onEcho(handler: (on: boolean) => void): void {
    this.#echoHandler = handler;
    if (!this.#echo) handler(false);
  }

  write(bytes: Uint8Array): void {
    // A terminal that nobody reads drops what is typed, too.
    if (this.#link.unsent < UNSENT_BYTES) this.#tell(KIND.INPUT, bytes);
  }

  resize(cols: number, rows: number): void {
    const size = Buffer.alloc(4);
    size.writeUInt16BE(cols, 0);
    size.writeUInt16BE(rows, 2);
    this.#tell(KIND.RESIZE, size);
  }

  pause(): void {
    if (this.#delivery.paused) return;
    this.#delivery.pause();
    this.#tell(KIND.PAUSE);
  }

  resume(): void {
    if (!this.#delivery.paused) return;
    this.#tell(KIND.RESUME);
    this.#delivery.resume();
  }

  kill(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGHUP'): void {
    this.#tell(KIND.KILL, Uint8Array.of(constants.signals[signal]));
  }

  #tell(kind: Kind, payload: Uint8Array | null = null): void {
    if (!this.#delivery.over) this.#link.send(encodeFrame(kind, this.#channel, payload));
  }
}
