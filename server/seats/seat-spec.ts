import type { Lease, Service } from '../../labs/schema.ts';
import type { LabWorld } from '../aws/practice/seed.ts';

/** What an attempt's seat has to hold. */
export interface SeatSpec {
  readonly attempt: string;
  readonly lab: string;
  readonly limits: { readonly memoryMiB: number; readonly pids: number; readonly homeMiB: number };
  /** Actions that the lab declares: the session policy is made from them. */
  readonly allow: readonly string[];
  /** Hex, secret. */
  readonly random: string;
  /** What the lab put into the practice account. */
  readonly world: LabWorld;
  /** Companions, with the lab's templates filled. */
  readonly services: readonly Service[];
  /** Files of the lab by their path in it: for companions. */
  readonly labFiles: ReadonlyMap<string, Uint8Array>;
  /** `host:port` that programs may reach. */
  readonly egress: readonly string[];
  /** Ports of the learner's own web pages that may be shown. */
  readonly previews: readonly number[];
  readonly lease: Lease | null;
  /** Who answers for it; `own`: nobody shares it. */
  readonly owner: { readonly person: string; readonly own: boolean };
}
