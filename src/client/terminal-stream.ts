/**
 * A terminal's output as this client has it: placed by offset, sizes at their place, acknowledged when
 * it has been parsed. It knows neither page nor socket.
 */
import type { OutputFrame, SnapshotFrame } from '#protocol/frames.ts';
import { ACK_EVERY_BYTES } from '#protocol/limits.ts';
import { WholeCharacters } from '#protocol/whole-characters.ts';
import { AckMeter } from './ack-meter.ts';
import { place } from './output-order.ts';
import type { Cells } from './terminal-size.ts';

/** What it needs of xterm.js, the browser's or the headless one. */
export interface StreamScreen {
  readonly cols: number;
  readonly rows: number;
  write(data: string | Uint8Array, parsed?: () => void): void;
  resize(cols: number, rows: number): void;
}

export interface StreamHost {
  /** Everything before `offset` has been parsed. */
  readonly acknowledge: (offset: number) => void;
  /** The screen has these cells from now on. */
  readonly sized: (cells: Cells) => void;
  /** What came makes no sense: ask for everything afresh. */
  readonly broken: () => void;
  readonly after: (ms: number, task: () => void) => void;
}

/** Output that pauses is acknowledged after this long. */
const IDLE_ACK_MS = 60;

export class TerminalStream {
  readonly #screen: StreamScreen;
  readonly #host: StreamHost;
  readonly #acks = new AckMeter(ACK_EVERY_BYTES);
  readonly #characters = new WholeCharacters();
  #next: number | null = null;
  #replaying = 0;
  #idle = false;
  /** A screen is being unpacked, and what came after it waits. */
  #unpacking: Promise<void> | null = null;

  constructor(screen: StreamScreen, host: StreamHost) {
    this.#screen = screen;
    this.#host = host;
  }

  /** Offset up to which everything was handed to the screen; null before the first one. */
  get next(): number | null {
    return this.#next;
  }

  /** An old screen is being drawn: nothing in it is a question to anybody. */
  get replaying(): boolean {
    return this.#replaying > 0;
  }

  /** Also after a server that lost its log: what follows is placed by offset, or is a gap. */
  resumed(from: number): void {
    this.#next ??= from;
  }

  snapshot({ offset, cols, rows, packed }: SnapshotFrame): void {
    this.#next = offset;
    this.#acks.restart(offset);
    this.#replaying += 1;
    this.#inOrder(async () => {
      const vt = await unpacked(packed).catch((error: unknown) => {
        this.#replaying -= 1;
        throw error;
      });
      this.#resize({ cols, rows });
      this.#characters.drop();
      // RIS travels in the stream, so that bytes still waiting to be parsed are wiped too.
      // And xterm.js hides the cursor until somebody focuses it, or leaves an alternate screen.
      this.#screen.write(`\x1bc\x1b[?47l${vt}`, () => {
        this.#replaying -= 1;
      });
    });
  }

  resized({ offset, cols, rows }: Cells & { readonly offset: number }): void {
    if (this.#next === null || offset > this.#next) this.#host.broken();
    else this.#inOrder(() => this.#resize({ cols, rows }));
  }

  output({ offset, bytes }: OutputFrame): void {
    const placed = place(this.#next, offset, bytes);
    if (placed.kind === 'gap') this.#lost();
    if (placed.kind !== 'write') return;
    const end = placed.next;
    this.#next = end;
    const due = this.#acks.wrote(end);
    this.#inOrder(() => {
      const bytes = this.#characters.take(placed.bytes);
      if (due) this.#screen.write(bytes, () => this.#parsed(end));
      else this.#screen.write(bytes);
    });
    if (due || this.#idle) return;
    this.#idle = true;
    this.#host.after(IDLE_ACK_MS, () => this.#pause());
  }

  #pause(): void {
    this.#idle = false;
    const end = this.#next;
    if (end !== null && this.#acks.pause()) {
      this.#inOrder(() => this.#screen.write('', () => this.#parsed(end)));
    }
  }

  #parsed(end: number): void {
    const offset = this.#acks.parsed(end);
    if (offset !== null) this.#host.acknowledge(offset);
  }

  /** In the order of the stream: after everything that was written has been parsed. */
  #resize(cells: Cells): void {
    this.#screen.write('', () => {
      const { cols, rows } = cells;
      if (cols !== this.#screen.cols || rows !== this.#screen.rows) this.#screen.resize(cols, rows);
      this.#host.sized(cells);
    });
  }

  /** The next hello asks for a fresh screen. */
  #lost(): void {
    this.#next = null;
    this.#host.broken();
  }

  #inOrder(step: () => void | Promise<void>): void {
    if (this.#unpacking === null) {
      const work = step();
      if (work !== undefined) this.#wait(work);
    } else this.#wait(this.#unpacking.then(step));
  }

  #wait(work: Promise<void>): void {
    const waiting = work
      .catch(() => this.#lost())
      .then(() => {
        if (this.#unpacking === waiting) this.#unpacking = null;
      });
    this.#unpacking = waiting;
  }
}

/** Raw DEFLATE of UTF-8; see the snapshot in `frames.ts`. */
async function unpacked(packed: Uint8Array): Promise<string> {
  const bytes = new Uint8Array(packed); // a Blob takes no view on shared memory, by its type
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
}
