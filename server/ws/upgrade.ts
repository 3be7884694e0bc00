/**
 * The door for sockets: path, Host, Origin and a one-time ticket are looked at before anything is
 * spawned or even spoken. It knows HTTP's upgrade and nothing of terminals.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ERRORS, type ErrorCode } from '#protocol/errors.ts';
import { CLIENT_FRAME_BYTES, SOCKETS_PER_PERSON } from '#protocol/limits.ts';
import { SOCKET_PATH, SUBPROTOCOL, TICKET_PREFIX } from '#protocol/messages.ts';
import type { Rooms } from '../rooms/registry.ts';
import { Connection, type ConnectionDeps, type Guest } from './connection.ts';

export interface UpgradeOptions extends ConnectionDeps {
  /** The one origin, as in DOJOU_URL; asked at each upgrade, since port 0 is known only once listening. */
  readonly origin: () => string;
  readonly rooms: Pick<Rooms, 'get'>;
  /** Spends a ticket: who may enter which room, or null. */
  readonly redeem: (ticket: string) => Promise<(Guest & { readonly room: string }) | null>;
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
    admit(request, options, perPerson).then(
      (admitted) => {
        if (!admitted.ok) return refuse(socket, admitted.code);
        const { guest, room } = admitted;
        sockets.handleUpgrade(request, socket, head, (ws) => {
          perPerson.set(guest.person, (perPerson.get(guest.person) ?? 0) + 1);
          ws.on('close', () => {
            const left = (perPerson.get(guest.person) ?? 1) - 1;
            if (left > 0) perPerson.set(guest.person, left);
            else perPerson.delete(guest.person);
          });
          new Connection(ws, room, guest, options);
        });
      },
      (error: unknown) => {
        options.log.error({ err: error }, 'a socket could not be opened');
        refuse(socket, 'internal');
      },
    );
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

async function admit(
  request: IncomingMessage,
  { origin: originNow, redeem, rooms }: UpgradeOptions,
  perPerson: ReadonlyMap<string, number>,
) {
  const origin = originNow();
  const no = (code: ErrorCode) => ({ ok: false, code }) as const;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== SOCKET_PATH || searchParams.size > 0) return no('not-found');
  // A page of another origin, or of a name that was rebound to this address, gets nothing.
  if (request.headers.origin !== origin || request.headers.host !== new URL(origin).host)
    return no('bad-origin');
  const [protocol, second] = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((one) => one.trim());
  if (protocol !== SUBPROTOCOL || !second?.startsWith(TICKET_PREFIX)) return no('ticket-spent');
  const guest = await redeem(second.slice(TICKET_PREFIX.length));
  if (guest === null) return no('ticket-spent');
  if ((perPerson.get(guest.person) ?? 0) >= SOCKETS_PER_PERSON) return no('too-many');
  const room = await rooms.get(guest.room);
  return room === null ? no('not-found') : ({ ok: true, guest, room } as const);
}

function refuse(socket: Duplex, code: ErrorCode): void {
  socket.end(`HTTP/1.1 ${ERRORS[code].status} ${code}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
