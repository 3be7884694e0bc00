/**
 * The commands of one terminal, with who held the keyboard when each began. A program can print marks
 * of commands as fast as it likes: changes are told ten times a second at most.
 */
import type { PersonId } from '#protocol/ids.ts';
import { KIB } from '#protocol/limits.ts';
import type { CommandView } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Command } from '../terminals/mirror-messages.ts';
import { remember } from './remember.ts';

const TELL_EVERY_MS = 100;
/** Letters that are told at once, or one command of more: each goes to everybody who has the list open. */
const TOLD_LETTERS = 16 * KIB;
/** As many as the mirror keeps. */
const KEPT = 50;

export interface ShellCommandsEvents {
  driver(): PersonId | null;
  /** What the mirror knows. */
  list(): Promise<readonly Command[]>;
  /** `running`: another command runs now, or none does any more. */
  changed(commands: readonly CommandView[], running: boolean): void;
}

export class ShellCommands implements Disposable {
  readonly #clock: Clock;
  readonly #events: ShellCommandsEvents;
  readonly #by = new Map<number, PersonId | null>();
  readonly #changed = new Map<number, CommandView>();
  #current: { readonly n: number; readonly line: string } | null = null;
  #told: string | null = null;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, events: ShellCommandsEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** The line of the command that runs, or null at the prompt. */
  get running(): string | null {
    return this.#current?.line ?? null;
  }

  heard(command: Command): void {
    const { n, line, state } = command;
    // A quick one begins and ends in the same lot of output, and is heard of once.
    if (state.status === 'running' || !this.#by.has(n)) remember(this.#by, n, this.#events.driver(), KEPT);
    if (state.status === 'running') {
      this.#current = { n, line };
    } else if (this.#current?.n === n) this.#current = null;
    remember(this.#changed, n, this.#signed(command), KEPT);
    this.#tellLater();
  }

  /** The shell is gone, and whatever ran with it. */
  ended(): void {
    this.#current = null;
  }

  /** What was heard is void: what can still be known is heard again, by new numbers. */
  reset(): void {
    this.#by.clear();
    this.#changed.clear();
    this.#current = null;
    this.#tellLater();
  }

  async list(): Promise<readonly CommandView[]> {
    return (await this.#events.list()).map((command) => this.#signed(command));
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }

  #tellLater(): void {
    this.#cancel ??= this.#clock.after(TELL_EVERY_MS, () => this.#tell());
  }

  #tell(): void {
    this.#cancel = null;
    const commands = this.#next();
    if (this.#changed.size > 0) this.#tellLater();
    const moved = this.running !== this.#told;
    this.#told = this.running;
    this.#events.changed(commands, moved);
  }

  /** The oldest first; what is too much for now waits for its turn. */
  #next(): readonly CommandView[] {
    const commands: CommandView[] = [];
    let letters = 0;
    for (const [n, command] of this.#changed) {
      letters += command.line.length + command.output.length;
      if (commands.length > 0 && letters > TOLD_LETTERS) break;
      commands.push(command);
      this.#changed.delete(n);
    }
    return commands;
  }

  #signed(command: Command): CommandView {
    return { ...command, by: this.#by.get(command.n) ?? null };
  }
}
