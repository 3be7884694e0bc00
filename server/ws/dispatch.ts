/** From a parsed message to the room. Who may do what is decided there, by `apply`, in one place. */
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
      reply(room.start(from, message.terminal), message.n);
      return;
    case 'open':
      reply(room.openTerminal(from), message.n);
      return;
    case 'close':
      reply(room.closeTerminal(from, message.terminal), message.n);
      return;
    case 'size':
      room.desk.resize(from, message.terminal, message);
      return;
    case 'front':
      room.desk.setFront(from, message.terminal);
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
  if (frame.kind === 'input') room.input(from, frame);
  else room.desk.acknowledge(from, frame);
}
