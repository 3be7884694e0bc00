/**
 * From a parsed message to the room, if its sender may: this is the one place where that is asked, of the
 * table in `rooms/permission.ts`; for ops, `apply` says more.
 */
import type { ErrorCode } from '#protocol/errors.ts';
import type { ClientFrame } from '#protocol/frames.ts';
import type { ClientMessage, Refusal } from '#protocol/messages.ts';
import type { RoomConnection } from '../rooms/connection.ts';
import type { Room } from '../rooms/room.ts';

export function dispatch(message: ClientMessage, room: Room, from: RoomConnection): void {
  const reply = (work: Promise<Refusal | null>, n: number) => {
    work.then(
      (error) => from.send({ t: 'reply', n, error }),
      () => from.send({ t: 'reply', n, error: { code: 'internal', values: {} } }),
    );
  };
  const tell = async (work: () => Promise<ErrorCode | null> | ErrorCode | null) => room.refusal(await work());
  const refused = room.refuses(from, message.t);
  if (refused !== null) {
    if ('n' in message) from.send({ t: 'reply', n: message.n, error: refused });
    return;
  }
  switch (message.t) {
    case 'op':
      reply(room.do(from, message.op), message.n);
      return;
    case 'answer':
      reply(room.answer(from, message.task, message.value), message.n);
      return;
    case 'check':
      reply(
        room.check().then(() => null),
        message.n,
      );
      return;
    case 'start':
      reply(
        tell(() => room.desk.start(message.terminal)),
        message.n,
      );
      return;
    case 'open':
      reply(
        tell(() => room.desk.open(from)),
        message.n,
      );
      return;
    case 'close':
      reply(
        tell(() => room.desk.close(message.terminal)),
        message.n,
      );
      return;
    case 'save-point':
      reply(
        tell(() => room.savePoint()),
        message.n,
      );
      return;
    case 'reset':
      reply(
        tell(() => room.reset(from, message.point)),
        message.n,
      );
      return;
    case 'extend-lease':
      reply(
        tell(() => room.extendLease()),
        message.n,
      );
      return;
    case 'size':
      room.desk.resize(from, message.terminal, message);
      return;
    case 'front':
      room.desk.setFront(message.terminal);
      return;
    case 'composing':
      room.desk.setComposing(from, message.on);
      return;
    case 'commands':
      room.desk.tellCommands(from, message.terminal, message.on);
      return;
    case 'visible':
      room.desk.setVisible(from, message.on);
      return;
    case 'ping':
      from.send({ t: 'pong' });
      return;
    case 'beat':
    case 'hello': // a second hello changes nothing
      return;
    default:
      message satisfies never;
  }
}

export function dispatchFrame(frame: ClientFrame, room: Room, from: RoomConnection): void {
  const refused = room.refuses(from, frame.kind);
  if (frame.kind === 'ack') room.desk.acknowledge(from, frame);
  else if (refused === null) room.desk.input(from, frame);
  else if (!frame.answer) from.send({ t: 'refused', terminal: frame.terminal, refusal: refused });
}
