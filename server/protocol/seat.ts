/** What the page may know of a seat (練習環境): what it uses, what runs beside it, where it may go, how long it lives. */
import type { Text } from './report.ts';

export interface SeatView {
  /** Null before the first look, and where the host cannot tell. */
  readonly usage: SeatUsage | null;
  /** The limit that was hit last, until another is; `at` tells two of a kind apart. */
  readonly limit: { readonly kind: LimitKind; readonly at: number } | null;
  /** Companions of the seat, in the lab's order. */
  readonly services: readonly ServiceView[];
  /** Web pages that listen in the seat and can be looked at, by port. */
  readonly previews: readonly PreviewView[];
  readonly egress: EgressView;
  /** Null where nobody counts: practice AWS without a lab that asks. */
  readonly lease: LeaseView | null;
  /** The home has not been saved since; null while all is well. */
  readonly unsaved: UnsavedView | null;
  /** Saved points of the attempt, newest first. */
  readonly points: readonly PointView[];
}

export type LimitKind =
  | 'memory'
  | 'memory-files' /* it stays full after a program was ended: files take it */
  | 'processes'
  | 'home'
  | 'tmp'
  | 'output'
  | 'terminals' /* it had taken most of those of the host, and was ended */
  | 'agent'; /* the learner has killed it: terminals begin again */

export interface Share {
  readonly used: number;
  readonly limit: number;
}

/** Memory and disk in bytes. */
export interface SeatUsage {
  readonly memory: Share | null;
  readonly processes: Share | null;
  readonly home: Share | null;
  /** Of one core, 0 and more, since the look before. */
  readonly cpu: number | null;
}

export interface ServiceView {
  readonly id: string;
  readonly title: Text;
  readonly state: 'starting' | 'healthy' | 'unhealthy' | 'ended';
  /** Why it can never run on this machine, and the remedy; null when it can. */
  readonly why: Text | null;
  /** Where the learner's programs reach it: 127.0.0.1 and this port. */
  readonly port: number;
  /** A line for the terminal that reaches it; null when there is no obvious one. */
  readonly reach: string | null;
  /** Address of the page that it serves, from the root of our origin; null when it serves none. */
  readonly preview: string | null;
  /** The end of its log, at most a few kB. */
  readonly log: string;
}

export interface PreviewView {
  readonly port: number;
  readonly url: string;
}

export interface EgressView {
  /** `host:port`, as the lab lists them; empty: nothing leaves. */
  readonly allowed: readonly string[];
  /** The last connections, newest first. */
  readonly connections: readonly EgressConnection[];
}

export interface EgressConnection {
  readonly at: number;
  readonly host: string;
  readonly port: number;
  /**
   * `not-listed`: the lab lists it not; `forbidden-address`: it leads to a private, local or metadata
   * address; `too-many`: a flood, of which nothing else is known.
   */
  readonly outcome:
    | 'open'
    | 'closed'
    | 'not-listed'
    | 'forbidden-address'
    | 'unreachable'
    | 'bad-request'
    | 'too-many';
  readonly bytesOut: number;
  readonly bytesIn: number;
}

export interface LeaseView {
  readonly endsAt: number;
  /** It can be extended up to here; `endsAt` when it cannot any more. */
  readonly mayEndAt: number;
  readonly extendByMs: number;
}

export interface UnsavedView {
  readonly since: number;
  /** `memory`: none was left to read it with. `size`: more than a home may be. `disk`: the server's takes nothing. */
  readonly why: 'memory' | 'size' | 'time' | 'disk' | 'other';
}

export interface PointView {
  readonly id: string;
  readonly at: number;
  readonly why: 'asked' | 'step' | 'before-reset';
  /** The step at which it was saved. */
  readonly step: string;
}

export const EMPTY_SEAT: SeatView = {
  usage: null,
  limit: null,
  services: [],
  previews: [],
  egress: { allowed: [], connections: [] },
  lease: null,
  unsaved: null,
  points: [],
};
