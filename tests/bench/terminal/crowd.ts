/**
 * Many viewers in a process of their own, so that they do not share a thread with the driver. They speak
 * WebSocket by hand, over one buffer for all of them: a library's client takes longer over a frame than
 * the server, and the last of fifty would be measured as late as that. They acknowledge nothing, since
 * what they get is less than one acknowledgement is due for.
 */
import { connect, type Socket } from 'node:net';
import { OUTPUT_HEADER_BYTES } from '#protocol/frames.ts';
import { KIB } from '#protocol/limits.ts';
import { SOCKET_PATH, SUBPROTOCOL, TICKET_PREFIX } from '#protocol/messages.ts';
import { OursWire, spell } from './ours.ts';

export type ToCrowd = { readonly origin: string; readonly tickets: readonly string[] };
/** `seenAt`: when the last of them got this key's echo, by the host's monotonic clock, in ms. */
export type FromCrowd =
  | { readonly t: 'joined' }
  | { readonly t: 'all'; readonly key: number; readonly seenAt: number };

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const OUTPUT = 1;
const SNAPSHOT = 2;
const buffer = Buffer.alloc(256 * KIB);
let viewers = 0;
let joining = 0;
/** The key that was echoed last, and at how many. */
let key = 0;
let seen = 0;

process.on('message', ({ origin, tickets }: ToCrowd) => {
  viewers += tickets.length;
  joining += tickets.length;
  for (const ticket of tickets) join(new URL(origin), ticket);
});
process.on('disconnect', () => process.exit());

function tell(message: FromCrowd): void {
  process.send?.(message);
}

function join({ host, hostname, port, origin }: URL, ticket: string): void {
  let upgraded = false;
  let rest: Buffer = Buffer.alloc(0);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer,
      callback(length) {
        const come = buffer.subarray(0, length);
        let data: Buffer = rest.length > 0 ? Buffer.concat([rest, come]) : come;
        if (!upgraded) {
          const end = data.indexOf('\r\n\r\n');
          if (end !== -1) {
            if (!data.toString('latin1').startsWith('HTTP/1.1 101 '))
              throw new Error(data.toString('latin1'));
            upgraded = true;
            data = data.subarray(end + 4);
            say(socket, new OursWire().open);
          }
        }
        if (upgraded) data = takeFrames(data, socket);
        // The buffer is everybody's.
        rest = Buffer.from(data);
        return true;
      },
    },
  });
  socket.write(
    [
      `GET ${SOCKET_PATH} HTTP/1.1`,
      ...[`Host: ${host}`, `Origin: ${origin}`, 'Upgrade: websocket', 'Connection: Upgrade'],
      ...['Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`],
      `Sec-WebSocket-Protocol: ${SUBPROTOCOL}, ${TICKET_PREFIX}${ticket}`,
      ...['', ''],
    ].join('\r\n'),
  );
}

/** Whole frames are taken; what is left is returned. */
function takeFrames(all: Buffer, socket: Socket): Buffer {
  let data = all;
  while (data.length >= 2) {
    const short = (data[1] ?? 0) & 127;
    const begin = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (data.length < begin) break;
    const length =
      short === 127 ? Number(data.readBigUInt64BE(2)) : short === 126 ? data.readUInt16BE(2) : short;
    if (data.length < begin + length) break;
    take((data[0] ?? 0) & 15, data.subarray(begin, begin + length), socket);
    data = data.subarray(begin + length);
  }
  return data;
}

function take(kind: number, payload: Buffer, socket: Socket): void {
  if (kind === BINARY && payload[0] === OUTPUT) {
    const echoed = payload[OUTPUT_HEADER_BYTES] ?? 0;
    if (echoed !== key) seen = 0;
    key = echoed;
    seen += 1;
    if (seen === viewers) tell({ t: 'all', key, seenAt: Number(process.hrtime.bigint()) / 1e6 });
  } else if (kind === BINARY && payload[0] === SNAPSHOT) {
    joining -= 1;
    if (joining === 0) tell({ t: 'joined' });
  } else if (kind === TEXT && payload.includes('"t":"beat"')) say(socket, spell({ t: 'beat' }));
  else if (kind === CLOSE) throw new Error(`a viewer was sent away: ${payload.subarray(2).toString()}`);
}

/** Masked with zeros, which leave everything as it is. */
function say(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error('longer than the short form of a frame');
  socket.write(Buffer.concat([Buffer.of(0x80 | TEXT, 0x80 | payload.length, 0, 0, 0, 0), payload]));
}
