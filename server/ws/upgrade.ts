/**
 * The door for sockets: path, Host, Origin and a one-time ticket are looked at before anything is
 * spawned or even spoken. It knows HTTP's upgrade and nothing of terminals.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ERRORS, type ErrorCode } from '#protocol/errors.ts';
import type { PersonId, RoomId } from '#protocol/ids.ts';
import { CLIENT_FRAME_BYTES, SOCKETS_PER_PERSON } from '#protocol/limits.ts';
import { SOCKET_PATH, SUBPROTOCOL, TICKET_PREFIX } from '#protocol/messages.ts';
import type { Rooms } from '../rooms/registry.ts';
import type { Admitted } from '../rooms/room.ts';
import { Connection, type ConnectionDeps } from './connection.ts';

export interface UpgradeOptions extends ConnectionDeps {
  /** The one origin, as in DOJOU_URL; asked at each upgrade, since port 0 is known only once listening. */
  readonly origin: () => string;
  readonly rooms: Pick<Rooms, 'get'>;
  /** Spends a ticket: whom it lets in where, or null. */
  readonly redeem: (ticket: string) => { readonly person: PersonId; readonly room: RoomId } | null;
  /** By what right, now. */
  readonly admit: (person: PersonId, room: RoomId) => Promise<Admitted | null>;
  /** False behind a trusted proxy, which may rewrite Host; the Origin is looked at all the same. */
  readonly checkHost: boolean;
}

export function acceptSockets(server: Server | SecureServer, options: UpgradeOptions): Disposable {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: CLIENT_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  const perPerson = new Map<string, number>();

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const admitted = knock(request, options);
    if (!admitted.ok) return refuse(socket, admitted.code);
    const { person, room } = admitted;
    const held = perPerson.get(person) ?? 0;
    if (held >= SOCKETS_PER_PERSON) return refuse(socket, 'too-many');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      perPerson.set(person, held + 1);
      ws.on('close', () => {
        const left = (perPerson.get(person) ?? 1) - 1;
        if (left > 0) perPerson.set(person, left);
        else perPerson.delete(person);
      });
      const admission = {
        person,
        open: () => options.rooms.get(room),
        admit: () => options.admit(person, room),
      };
      new Connection(ws, socket, admission, options);
    });
  };

  server.on('upgrade', onUpgrade);
  return {
    [Symbol.dispose]() {
      server.off('upgrade', onUpgrade);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

type Knocked =
  | { readonly ok: true; readonly person: PersonId; readonly room: RoomId }
  | { readonly ok: false; readonly code: ErrorCode };

/** Synchronous on purpose: between the count of a person's sockets and the next one nothing can slip in. */
function knock(request: IncomingMessage, { origin, redeem, checkHost }: UpgradeOptions): Knocked {
  const no = (code: ErrorCode) => ({ ok: false, code }) as const;
  // Nothing but the path: a ticket in the address would end up in logs.
  if (request.url !== SOCKET_PATH) return no('not-found');
  const expected = origin();
  // A page of another origin, or of a name that was rebound to this address, gets nothing.
  if (request.headers.origin !== expected) return no('bad-origin');
  if (checkHost && request.headers.host !== new URL(expected).host) return no('bad-origin');
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  const [protocol, second] = offered.split(',').map((one) => one.trim());
  if (protocol !== SUBPROTOCOL || !second?.startsWith(TICKET_PREFIX)) return no('ticket-spent');
  const ticket = redeem(second.slice(TICKET_PREFIX.length));
  return ticket === null ? no('ticket-spent') : { ok: true, ...ticket };
}

function refuse(socket: Duplex, code: ErrorCode): void {
  socket.end(`HTTP/1.1 ${ERRORS[code].status} ${code}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
