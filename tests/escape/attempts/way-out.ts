import { createNetwork } from '../../../server/egress/network.ts';
import { createSeatEgress, PROXY_PORT } from '../../../server/egress/seat-egress.ts';
import { wallClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import type { Attempt, ServerSide } from '../attempt.ts';

/** The broker as a way to what a seat may never reach. */

/** Asks the proxy for tunnels, and prints what comes out of them. `port` is a port of the server's. */
const CLIENT = `
import socket
def tunnel(host, port):
    with socket.create_connection(('127.0.0.1', ${PROXY_PORT}), 5) as sock:
        sock.settimeout(5)
        sock.sendall(f'CONNECT {host}:{port} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n\\r\\n'.encode())
        answer = sock.recv(4096)
        if b' 200 ' in answer.split(b'\\r\\n')[0]:
            sock.sendall(b'hello\\n')
            return (answer + sock.recv(4096)).decode()
        return ''
def all_tunnels(hosts, port):
    out = ''
    for host in hosts:
        try:
            out += tunnel(host, port)
        except OSError as error:
            print('refused:', error)
    return out
`;
const LOCAL = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '2130706433', '127.1', '[::ffff:127.0.0.1]'];

/** A proxy that connects to whatever it is asked for, by whatever a name means to it. */
const CARELESS = `${CLIENT}
def serve(sock):
    host, port = sock.recv(4096).split()[1].decode().rsplit(':', 1)
    names = {'listed.example': '127.0.0.1'}
    with socket.create_connection((names.get(host, host), int(port)), 5) as other:
        sock.sendall(b'HTTP/1.1 200 Connection established\\r\\n\\r\\n')
        other.sendall(sock.recv(4096))
        sock.sendall(other.recv(4096))
    sock.close()
def loop(listener):
    while True:
        sock, _ = listener.accept()
        tries(lambda: serve(sock))
threading.Thread(target=loop, args=(socket.create_server(('127.0.0.1', ${PROXY_PORT})),), daemon=True).start()
`;

async function asks(
  side: ServerSide,
  hosts: readonly string[],
  listed: readonly string[],
): Promise<string | null> {
  const port = /PORT (\d+)/.exec(side.said)?.[1] ?? '0';
  const network = { ...createNetwork(), resolve: () => Promise.resolve(['127.0.0.1', '::1']) };
  using egress = createSeatEgress({
    ...{ seat: side.spec.id, network, clock: wallClock, log: silentLog },
    ...{ tell: () => undefined, say: () => undefined },
    listed: listed.map((host) => `${host}:${port}`),
  });
  const sandbox = await side.make({});
  for (const each of egress.ports) await sandbox.forward(each.port, each.onConnection);
  const { stdout } = await sandbox.exec({
    argv: ['/usr/bin/python3', '-I', '-S', '-'],
    stdin: Buffer.from(`${CLIENT}\nprint(all_tunnels(${JSON.stringify(hosts)}, ${port}))`),
    timeoutMs: 20_000,
    maxBytes: 100_000,
  });
  return Buffer.from(stdout).toString('utf8').trim() || null;
}

export const WAY_OUT: readonly Attempt[] = [
  {
    id: 'broker-to-the-server',
    says: 'Have the broker open a tunnel to the server’s own loopback, however it is written.',
    walls: ['broker'],
    proof: 'secret',
    program: `print('PORT', FACTS['port4'])`,
    server: (side) => asks(side, LOCAL, ['listed.example']),
    careless: `${CARELESS}
won(all_tunnels(['127.0.0.1'], FACTS['port4']))
`,
  },
  {
    id: 'broker-by-a-listed-name',
    says: 'Have a name that the lab lists lead to the server’s own loopback.',
    walls: ['broker'],
    proof: 'secret',
    program: `print('PORT', FACTS['port4'])`,
    server: (side) => asks(side, ['listed.example'], ['listed.example']),
    careless: `${CARELESS}
won(all_tunnels(['listed.example'], FACTS['port4']))
`,
  },
];
