import type { PersonId, RoomId } from '#protocol/ids.ts';
import { TICKET_LIFE_MS } from '#protocol/limits.ts';
import type { Clock } from '../lib/clock.ts';
import { newSecret } from '../lib/ids.ts';

const TICKETS = 10_000; // some 2 MB; at the rate limit, 200 people in one minute

export interface Admission {
  readonly person: PersonId;
  readonly room: RoomId;
}

/** One-time tickets for the socket: in memory only, since they live for seconds. */
export interface Tickets {
  issue(person: PersonId, room: RoomId): string;
  /** Null for one that is unknown, spent or too old. */
  redeem(ticket: string): Admission | null;
}

export function createTickets({ clock }: { readonly clock: Clock }): Tickets {
  const open = new Map<string, Admission & { readonly until: number }>();
  // In the order of issue, which is the order of age.
  const sweep = (now: number) => {
    for (const [ticket, { until }] of open) {
      if (until > now && open.size < TICKETS) return;
      open.delete(ticket);
    }
  };
  return {
    issue(person, room) {
      const now = clock.now();
      sweep(now);
      const ticket = newSecret();
      open.set(ticket, { person, room, until: now + TICKET_LIFE_MS });
      return ticket;
    },
    redeem(ticket) {
      const found = open.get(ticket);
      open.delete(ticket);
      if (found === undefined || found.until <= clock.now()) return null;
      return { person: found.person, room: found.room };
    },
  };
}
