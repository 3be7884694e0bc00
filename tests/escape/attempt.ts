import type { Sandbox, SandboxSpec } from '../../server/sandbox/sandbox.ts';
import type { Wall } from './walls.ts';

/** What the server does after the program, when the attempt is one against the server. */
export interface ServerSide {
  readonly sandbox: Sandbox;
  readonly spec: SandboxSpec;
  /** What the program has printed. */
  readonly said: string;
  /** A folder of the server's, with files that nobody inside may see or change. */
  readonly folder: string;
  /** A further sandbox, taken away after the attempt; by a driver with another agent if one is given. */
  make(change: Partial<SandboxSpec>, agent?: string): Promise<Sandbox>;
}

/** Who and what an attempt needs in order to be one. */
export type Need =
  /** Rights on the host that an ordinary user has never had: with all walls gone it would still fail. */
  | 'root'
  /** The same, on some hosts: their sysctls decide. */
  | 'root on some hosts'
  /** Limits that count all processes together. */
  | 'control groups'
  /** A host user per seat, which only root can give. */
  | 'user per seat';

export interface Attempt {
  readonly id: string;
  /** What it tries: a sentence. */
  readonly says: string;
  /** Every wall that stops it. */
  readonly walls: readonly [Wall, ...Wall[]];
  /** Python, after inside/prelude.py: calls `won` with its evidence. */
  readonly program: string;
  /** `secret`: only evidence that contains the host's secret counts; else what `won` says, or this effect on the host. */
  readonly proof: 'secret' | 'effect' | 'victim gone' | 'victim slowed' | 'no more inotify';
  readonly needs?: readonly Need[];
  /** Has a sandbox of its own, since it spoils it or needs other limits. */
  readonly alone?: boolean | Partial<SandboxSpec>;
  /** Kills the program after this; 10 seconds if absent. */
  readonly seconds?: number;
  /** The server's part; gives evidence, or null when nothing was won. */
  readonly server?: (side: ServerSide) => Promise<string | null>;
  /** The same as a server without the walls would do it: Python, run in the guard after the program. */
  readonly careless?: string;
  /** In the guard the program begins as this user rather than as root: for what gives rights. */
  readonly controlUser?: number;
}
