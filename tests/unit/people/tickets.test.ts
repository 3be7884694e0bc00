import { expect, test } from 'vitest';
import { TICKET_LIFE_MS } from '#protocol/limits.ts';
import { createTickets } from '../../../server/people/tickets.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('LINK-10 a ticket is spent by the first who shows it', () => {
  const tickets = createTickets({ clock: new ManualClock(0) });
  const ticket = tickets.issue('person', 'room');
  expect(ticket).toMatch(/^[\w-]{43}$/); // fits a Sec-WebSocket-Protocol value
  expect(tickets.redeem(ticket)).toEqual({ person: 'person', room: 'room' });
  expect(tickets.redeem(ticket)).toBeNull();
  expect(tickets.redeem('never issued')).toBeNull();
});

test('LINK-10 a ticket that is older than its life is not taken', () => {
  const clock = new ManualClock(0);
  const tickets = createTickets({ clock });
  const [late, timely] = [tickets.issue('a', 'room'), tickets.issue('b', 'room')];
  clock.advance(TICKET_LIFE_MS - 1);
  expect(tickets.redeem(timely)).not.toBeNull();
  clock.advance(1);
  expect(tickets.redeem(late)).toBeNull();
});

test('LINK-12 tickets are bounded: of very many, the oldest goes', () => {
  const tickets = createTickets({ clock: new ManualClock(0) });
  const first = tickets.issue('a', 'room');
  const rest = Array.from({ length: 10_000 }, () => tickets.issue('b', 'room'));
  expect(tickets.redeem(first)).toBeNull();
  expect(tickets.redeem(rest[0] ?? '')).not.toBeNull();
  expect(tickets.redeem(rest.at(-1) ?? '')).not.toBeNull();
});
