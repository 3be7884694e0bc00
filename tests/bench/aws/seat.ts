/** A practice world and its way out of a seat: a real sandbox, its agent, the API endpoint, the worker. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import type { Minted } from '../../../server/aws/vendor.ts';
import { wallClock } from '../../../server/lib/clock.ts';
import { newId } from '../../../server/lib/ids.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../../server/sandbox/bubblewrap.ts';
import { openPractice, type Practice, REGION, SVC, seatFor, vendorFor } from '../../aws/support.ts';
import { deploying } from './lab.ts';

const API_PORT = 9912;

export interface Path extends AsyncDisposable {
  /** One `ecs:DescribeServices`, answered. */
  call(): Promise<void>;
}

/**
 * Through the sandbox: from outside to the agent's port inside, and from there the way that a learner's
 * call takes. The way in comes on top of what a learner waits for.
 */
export async function throughSandbox(): Promise<Path> {
  await using made = new AsyncDisposableStack();
  const practice = made.use(await openPractice());
  const seat = made.use(seatFor(practice.world));
  const driver = createBubblewrapDriver({ log: silentLog });
  const sandbox = made.use(
    await driver.create({
      ...{ id: newId(), memoryMiB: 64, pids: 32, homeMiB: 8 },
      ...{ env: {}, files: [], home: null },
    }),
  );
  for (const { port, onConnection } of seat.ports) await sandbox.forward(port, onConnection);
  const client = made.adopt(await listeningClient(practice, () => sandbox.connect(API_PORT)), (one) =>
    one[Symbol.asyncDispose](),
  );
  const all = made.move();
  return { call: client.call, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() };
}

/** Without a sandbox: the API endpoint on a socket. */
export async function throughEndpoint(): Promise<Path> {
  await using made = new AsyncDisposableStack();
  const practice = made.use(await openPractice());
  const seat = made.use(seatFor(practice.world));
  const api = seat.ports.find(({ port }) => port === API_PORT);
  if (api === undefined) throw new Error('A seat has a port for the API.');
  const client = made.adopt(await listeningClient(practice, api.onConnection), (one) =>
    one[Symbol.asyncDispose](),
  );
  const all = made.move();
  return { call: client.call, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() };
}

type Way = (() => Promise<Duplex>) | ((stream: Duplex) => void);

/** The SDK with the credentials of a learner, on kept connections. */
async function listeningClient(practice: Practice, way: Way): Promise<Path> {
  const server = createServer((socket) => {
    socket.setNoDelay();
    const other = way(socket);
    void other?.then((inside) => {
      socket.pipe(inside).pipe(socket);
      inside.on('error', () => socket.destroy());
      socket.on('error', () => inside.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is always one
  const given: Minted = await vendorFor(practice.world, wallClock).mint({
    person: 'personpersonpers',
    lab: 'bench',
    seat: 'seatseatseatseat',
    policy: deploying.policy,
  });
  const client = new ECSClient({
    region: REGION,
    endpoint: `http://127.0.0.1:${port}`,
    credentials: given,
    maxAttempts: 1,
  });
  const command = () => new DescribeServicesCommand({ cluster: 'hoiku-prod', services: [SVC] });
  return {
    async call() {
      const { services } = await client.send(command());
      if (services?.length !== 1) throw new Error('DescribeServices answered without the service.');
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
