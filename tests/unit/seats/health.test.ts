import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { answersOk } from '../../../server/seats/services/health.ts';
import { until } from '../../support/until.ts';

it.each([
  ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', true],
  ['HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.1 101 Other\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', false],
  ['HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n', false],
  ['nothing of HTTP\r\n', false],
])('SVC-11 the answer %j to a look is taken for %s', async (answer, well) => {
  const program = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.write(answer));
  }).listen(0, '127.0.0.1');
  await until(() => program.listening);
  const { port } = program.address() as AddressInfo; // a TCP port
  const dial = () => Promise.resolve(connect(port, '127.0.0.1'));
  expect(await answersOk({ connect: dial }, port, '/healthz')).toBe(well);
  program.close();
});
