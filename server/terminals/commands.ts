/**
 * Which commands a shell ran, and what they printed, from the OSC 133 marks of its start-up file: A where
 * a prompt begins, B where the line is typed, C where the command starts, D and its exit code where it has
 * ended. Programs can print the same marks, so nothing here may grow, or throw, whatever comes.
 */
import type { IMarker, Terminal } from '@xterm/headless';
import { KIB } from '#protocol/limits.ts';
import type { Command } from './mirror-messages.ts';
import { linesBetween, type Spot, textOf } from './shown-text.ts';

const KEPT = 50;
/** Shells in shells. */
const DEPTH = 16;
const LINE_CHARS = 4096;
const SHELL_CHARS = 32;
/** No shell starts so many commands within a lot of output; whoever prints marks without end does. */
const MARKS_PER_LOT = 512;
/** Letters of output that are told of a lot; of what is too much, only that it ended. `list` has it. */
const TOLD_LETTERS = 128 * KIB;

interface Running {
  readonly n: number;
  readonly shell: string;
  /** How many shells that one is in; NaN when it does not say. */
  readonly level: number;
  readonly line: string;
  readonly from: Spot | null;
  fullScreen: boolean;
}

export class Commands {
  readonly #terminal: Terminal;
  readonly #tell: (command: Command) => void;
  readonly #done: Command[] = [];
  /** The last one runs in front; the others started the shells in which it runs. */
  readonly #running: Running[] = [];
  /** Ended since `flush`. */
  readonly #ended = new Map<number, Command>();
  /** Begun, and told so. */
  readonly #told = new Set<number>();
  #typed: Spot | null = null;
  #shell = '';
  #level = Number.NaN;
  #code: number | null = null;
  /** The number of the next one. */
  #next: number;
  #marks = 0;

  constructor(terminal: Terminal, tell: (command: Command) => void, first = 1) {
    this.#terminal = terminal;
    this.#tell = tell;
    this.#next = first;
    terminal.parser.registerOscHandler(133, (mark) => {
      this.#marks += 1;
      if (this.#marks <= MARKS_PER_LOT) this.#mark(mark);
      return true;
    });
    terminal.buffer.onBufferChange((buffer) => {
      const front = this.#running.at(-1);
      if (front !== undefined && buffer.type === 'alternate') front.fullScreen = true;
    });
  }

  /** The last ones, oldest first; those that run among them. */
  list(): readonly Command[] {
    return [...this.#done, ...this.#running.map(begun)].sort((one, other) => one.n - other.n).slice(-KEPT);
  }

  /** After each lot of output: what has ended, and what runs now. */
  flush(): void {
    this.#marks = 0;
    let letters = 0;
    // The newest are the ones that somebody looks at.
    const ended = [...this.#ended.values()].reverse().map((command) => {
      letters += command.output.length;
      return letters <= TOLD_LETTERS ? command : { ...command, output: '', truncated: true };
    });
    for (const command of ended.reverse()) {
      this.#told.delete(command.n);
      this.#tell(command);
    }
    this.#ended.clear();
    for (const running of this.#running) {
      if (this.#told.has(running.n)) continue;
      this.#told.add(running.n);
      this.#tell(begun(running));
    }
  }

  #mark(mark: string): void {
    const [kind, ...fields] = mark.split(';', 8);
    switch (kind) {
      case 'A':
        this.#prompt((field(fields, 'aid') ?? '').slice(0, SHELL_CHARS), Number(field(fields, 'level')));
        return;
      case 'B':
        this.#forget(this.#typed);
        this.#typed = this.#here();
        return;
      case 'C':
        this.#begin(field(fields, 'cmdline_url'));
        return;
      case 'D':
        this.#code = exitCode(fields[0]);
        if (this.#running.at(-1)?.shell === this.#shell) this.#end(this.#code);
        return;
      default:
    }
  }

  /** A shell that asks for the next line has ended what it ran, and the shells in it. */
  #prompt(shell: string, level: number): void {
    while (this.#running.some((one) => one.shell === shell)) {
      this.#end(this.#running.at(-1)?.shell === shell ? this.#code : null);
    }
    // One that is not inside of another has come after it: that one is gone, with what it ran.
    while ((this.#running.at(-1)?.level ?? Number.NaN) >= level) this.#end(null);
    this.#level = level;
    this.#shell = shell;
    this.#code = null;
  }

  #begin(encoded: string | undefined): void {
    // Without a prompt since: the one before it said nothing of its end.
    if (this.#running.at(-1)?.shell === this.#shell) this.#end(null);
    while (this.#running.length >= DEPTH) this.#end(null);
    const line = (encoded === undefined ? null : decoded(encoded)) ?? this.#shown();
    const from = this.#here();
    const running = {
      n: this.#next,
      shell: this.#shell,
      level: this.#level,
      line: line.slice(0, LINE_CHARS).trimEnd(),
      from,
    };
    this.#next += 1;
    this.#running.push({ ...running, fullScreen: this.#terminal.buffer.active.type === 'alternate' });
    this.#forget(this.#typed);
    this.#typed = null;
  }

  #end(exit: number | null): void {
    const ended = this.#running.pop();
    if (ended === undefined) return;
    const { n, line, from, fullScreen } = ended;
    const { text, truncated } = textOf(this.#terminal, from);
    this.#forget(from);
    const command: Command = {
      n,
      line,
      output: text,
      truncated,
      fullScreen,
      state: { status: 'done', exit },
    };
    this.#done.push(command);
    if (this.#done.length > KEPT) this.#done.shift();
    this.#ended.set(n, command);
    if (this.#ended.size > KEPT) this.#forgetEnd();
  }

  /** The first that nobody heard of: who was told that a command runs is told that it ended. */
  #forgetEnd(): void {
    for (const n of this.#ended.keys()) {
      if (this.#told.has(n)) continue;
      this.#ended.delete(n);
      return;
    }
  }

  /** The line that is to be seen, of a shell that does not say it. */
  #shown(): string {
    const { baseY, cursorY } = this.#terminal.buffer.normal;
    if (this.#typed === null || this.#typed.marker.isDisposed) return '';
    return linesBetween(this.#terminal, this.#typed.marker.line, this.#typed.x, baseY + cursorY, 0)
      .join('\n')
      .trim();
  }

  #here(): Spot | null {
    const { active } = this.#terminal.buffer;
    const marker: IMarker | undefined =
      active.type === 'normal' ? this.#terminal.registerMarker(0) : undefined;
    return marker === undefined ? null : { marker, x: active.cursorX };
  }

  #forget(spot: Spot | null): void {
    spot?.marker.dispose();
  }
}

function begun({ n, line, fullScreen }: Running): Command {
  return { n, line, output: '', truncated: false, fullScreen, state: { status: 'running' } };
}

function field(fields: readonly string[], name: string): string | undefined {
  return fields.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}

function exitCode(code: string | undefined): number | null {
  return code !== undefined && /^\d{1,3}$/.test(code) ? Number(code) : null;
}

/** Null for what is no percent-encoding. Control characters that remain are shown as blanks. */
function decoded(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.slice(0, LINE_CHARS * 3)).replace(/[^\P{Cc}\n\t]/gu, ' ');
  } catch {
    return null;
  }
}
