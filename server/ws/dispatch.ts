/** From a parsed message to the room. Who may do what is decided there, by `apply`, in one place. */
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
  switch (message.t) {
    case 'input':
      room.input(from, message.terminal, message.epoch, message.i, message.data);
      return;
    case 'ack':
      room.acknowledge(from, message.offset);
      return;
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
      reply(room.start(from), message.n);
      return;
    case 'size':
      room.resize(from, message.cols, message.rows);
      return;
    case 'visible':
      room.setVisible(from, message.on);
      return;
    case 'beat':
    case 'hello': // a second hello changes nothing
      return;
    default:
      message satisfies never;
  }
}
