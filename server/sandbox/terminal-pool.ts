/**
 * Terminals are one pool of the whole host, which neither control groups nor namespaces divide: a sandbox
 * that opens thousands leaves nobody else a shell. When half of the pool is gone, whoever has the most of
 * it ends. Source of the numbers: drivers/tty/pty.c and fs/devpts/inode.c of the kernel.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Rounds } from './rounds.ts';

const POOL = '/proc/sys/kernel/pty';
/** More than a person opens, a multiplexer’s panes included: with fewer nobody ends, whatever others do. */
const HARMLESS = 64;

/** Why such a sandbox has ended. */
export const TOOK_TERMINALS = 'the sandbox had taken most of the terminals of this host';

export interface Holder {
  /** The host's number of bwrap: its child's child is the agent, who sees the sandbox's terminals. */
  readonly pid: number;
  end(): void;
}

export class TerminalPool {
  readonly #rounds: Rounds;
  readonly #holders = new Set<Holder>();
  #stop: (() => void) | null = null;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  /** Watches a sandbox; returns what ends that. */
  add(holder: Holder): () => void {
    this.#holders.add(holder);
    this.#stop ??= this.#rounds.add(() => this.#look());
    return () => {
      this.#holders.delete(holder);
      if (this.#holders.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  /** Costs three small files while all is well. */
  #look(): void {
    if (count('nr') <= (count('max') - count('reserve')) / 2) return;
    let greediest: Holder | null = null;
    let most = HARMLESS;
    for (const holder of this.#holders) {
      const has = terminalsOf(holder.pid);
      if (has <= most) continue;
      most = has;
      greediest = holder;
    }
    greediest?.end();
  }
}

/** NaN where the kernel does not say, which is neither more nor less than anything. */
function count(name: 'nr' | 'max' | 'reserve'): number {
  try {
    return Number(readFileSync(`${POOL}/${name}`, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

function terminalsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${childOf(childOf(pid))}/root/dev/pts`).length;
  } catch {
    // It has ended while we looked.
    return 0;
  }
}

function childOf(pid: number | string): string {
  const [first = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return first;
}
