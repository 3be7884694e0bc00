/** Plays a scenario on a clock of its own, and lets everything settle. */
import { SCROLLBACK_BYTES } from '#protocol/limits.ts';
import type { Mirrors } from '../../../server/terminals/mirror.ts';
import { ManualClock } from '../manual-clock.ts';
import { SimulatedClient } from './client.ts';
import { GatedMirrors } from './gated-mirrors.ts';
import { SimulatedDesk } from './room.ts';
import type { Flood, Happening, Scenario } from './scenario.ts';

const BEGIN = 1_800_000_000_000;
/** Slower than any line in the simulation that nothing is wrong with. */
const FLOOD_CHUNK_BYTES = 16 * 1024;
/** `slow`: so many times slower to parse than plain text. */
const FLOODS: Readonly<Record<Flood, { readonly line: string; readonly slow: number }>> = {
  lines: { line: 'the quick brown fox jumps over the lazy dog 0123456789\r\n', slow: 1 },
  japanese: { line: '土壌は植物が育つ場所です。（ｱｲｳ）①…─\r\n', slow: 4 },
  colours: {
    line: '\x1b[38;5;202mwarn\x1b[0m \x1b[1;44m[ 42%]\x1b[22;49m \x1b[4mpath/to/file\x1b[24m\x1b[K\r\n',
    slow: 1,
  },
  emoji: { line: '👨‍👩‍👧 🇯🇵 ❤️ 👍🏽 か\u3099 e\u0301 🌱\t done\r\n', slow: 16 },
};

export class Simulation implements AsyncDisposable {
  readonly clock = new ManualClock(BEGIN);
  readonly mirrors: GatedMirrors;
  readonly room: SimulatedDesk;
  readonly clients: readonly SimulatedClient[];
  /** Bytes that the log no longer has when a mirror has to be made anew cannot come back. */
  readonly torn = new Set<number>();
  questions = 0;
  floodKib = 0;
  #keys = 0;

  constructor(scenario: Scenario, mirrors: Mirrors) {
    this.mirrors = new GatedMirrors(mirrors);
    this.room = new SimulatedDesk(this.clock, this.mirrors);
    const world = { room: this.room, clock: this.clock };
    this.clients = scenario.clients.map(
      ({ person, delays }, n) => new SimulatedClient(`tab${n}`, `person${person}`, delays, world),
    );
    for (const [n, { late }] of scenario.clients.entries()) if (!late) this.clients[n]?.connect();
  }

  async play(happenings: readonly Happening[]): Promise<void> {
    // Everybody has their first screen, parsed.
    for (const _ of [1, 2, 3]) await this.#pass(500, true);
    for (const happening of happenings) {
      if (happening.do === 'wait') await this.#pass(happening.ms, happening.mirrors);
      else this.#happen(happening);
    }
    await this.#settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.room[Symbol.asyncDispose]();
  }

  /** Time passes, and then what was asked of threads is answered. */
  async #pass(ms: number, mirrors: boolean): Promise<void> {
    this.clock.advance(ms);
    await this.#outside(mirrors, false);
  }

  async #outside(mirrors: boolean, all: boolean): Promise<void> {
    if (mirrors) await this.mirrors.answer({ all });
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.clients.some((client) => client.unpackingNow));
    for (const client of this.clients) client.parse();
  }

  #happen(happening: Exclude<Happening, { readonly do: 'wait' }>): void {
    switch (happening.do) {
      case 'print':
        this.#print(this.#terminal(happening.terminal), Buffer.from(happening.text), happening.cut);
        return;
      case 'flood':
        this.#flood(this.#terminal(happening.terminal), happening.of, happening.kib);
        return;
      case 'ask':
        this.questions += 1;
        this.#print(this.#terminal(happening.terminal), Buffer.from(`\x1b[?${5000 + this.questions}$p`), 5);
        return;
      case 'lose-mirror':
        this.#loseMirror(this.#terminal(happening.terminal));
        return;
      case 'exit': {
        const terminal = this.#terminal(happening.terminal);
        const shell = this.room.shell(terminal);
        shell.ended = true;
        for (const client of this.clients) {
          for (const pressed of client.pressed) if (pressed.terminal === terminal) pressed.expired = true;
        }
        const { pty } = shell;
        this.clock.after(20, () => pty?.exit({ code: 0, signal: null }));
        return;
      }
      case 'hand-over':
        this.room.handOver(happening.person === null ? null : `person${happening.person}`);
        return;
      default:
        this.#with(this.clients[happening.client % this.clients.length], happening);
    }
  }

  #with(
    client: SimulatedClient | undefined,
    happening: Extract<Happening, { readonly client: number }>,
  ): void {
    if (client === undefined) return;
    switch (happening.do) {
      case 'press': {
        client.press(this.#terminal(happening.terminal), this.#newKeys(happening.keys));
        return;
      }
      case 'join':
        client.disturbed = true;
        client.connect();
        return;
      case 'drop':
        if (client.link === null) return;
        client.disturbed = true;
        client.press(this.#terminal(0), this.#newKeys(happening.keys));
        client.drop(happening);
        this.clock.after(happening.backAfter, () => client.connect());
        return;
      case 'reload':
        client.disturbed = true;
        if (client.link !== null) client.reload(happening.noticedAfter);
        return;
      case 'stall':
        client.disturbed = true;
        this.#stall(client, happening);
        return;
      case 'silent':
        client.disturbed = true;
        client.acks = false;
        return;
      case 'hide':
        client.disturbed = true;
        client.show(false);
        this.clock.after(happening.ms, () => client.show(true));
        return;
      case 'repeat':
        client.repeat();
        return;
      case 'size':
        client.say({
          t: 'size',
          terminal: this.#terminal(happening.terminal),
          cols: happening.cols,
          rows: happening.rows,
        });
        return;
      case 'open':
        client.say({ t: 'open', n: 0 });
        return;
      default:
        client.say({ t: happening.do, n: 0, terminal: this.#terminal(happening.terminal) });
    }
  }

  #stall(
    client: SimulatedClient,
    { ms, of }: { readonly ms: number; readonly of: 'network' | 'page' },
  ): void {
    if (of === 'network') client.reads = false;
    else client.busy = true;
    this.clock.after(ms, () => {
      if (of === 'network') client.reads = true;
      else client.busy = false;
    });
  }

  #newKeys(count: number): readonly number[] {
    return Array.from({ length: count }, () => {
      this.#keys += 1;
      return this.#keys;
    });
  }

  #terminal(n: number): number {
    const { terminals } = this.room;
    return terminals[n % terminals.length] ?? 1;
  }

  #print(terminal: number, bytes: Uint8Array, cut: number): void {
    for (let at = 0; at < bytes.length; at += cut)
      this.room.shell(terminal).pty?.print(bytes.subarray(at, at + cut));
  }

  #flood(terminal: number, of: Flood, kib: number): void {
    const { pty } = this.room.shell(terminal);
    const { line, slow } = FLOODS[of];
    const lines = Math.ceil(FLOOD_CHUNK_BYTES / Buffer.byteLength(line));
    const chunk = Buffer.from(line.repeat(lines));
    this.floodKib += kib;
    for (let sent = 0, at = 0; sent < (kib * 1024) / slow; sent += chunk.length, at += 1) {
      this.clock.after(at, () => pty?.print(chunk));
    }
  }

  #loseMirror(terminal: number): void {
    if (this.room.shell(terminal).truth.length > SCROLLBACK_BYTES) this.torn.add(terminal);
    this.mirrors.lose(terminal);
  }

  /** Nothing happens any more: every line is whole, everybody reads and acknowledges. */
  async #settle(): Promise<void> {
    await this.#pass(5000, true);
    for (const client of this.clients) {
      client.reads = true;
      client.busy = false;
      if (client.hidden) client.show(true);
      client.heal();
    }
    for (let round = 0; round < 80; round += 1) {
      await this.#pass(300, true);
      if (this.#isSettled()) break;
    }
    await this.#pass(1500, true);
    await this.#outside(true, true);
  }

  #isSettled(): boolean {
    return this.clients.every(
      (client) =>
        client.connected &&
        this.room.terminals.every((terminal) => client.next(terminal) === this.room.end(terminal)),
    );
  }
}
