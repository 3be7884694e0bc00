/** A server of names that answers A and AAAA with what a test says, over UDP on this host (RFC 1035). */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';

const HEAD_BYTES = 12;
const [A, AAAA] = [1, 28];
const NO_SUCH_NAME = 3;

export class SmallDns implements AsyncDisposable {
  readonly #socket: Socket;
  /** Addresses by name, asked for anew each time. */
  readonly #answers: (name: string) => readonly string[];

  private constructor(socket: Socket, answers: (name: string) => readonly string[]) {
    this.#socket = socket;
    this.#answers = answers;
    socket.on('message', (query, { port, address }) => socket.send(this.#answer(query), port, address));
  }

  static async start(answers: (name: string) => readonly string[]): Promise<SmallDns> {
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    return new SmallDns(socket, answers);
  }

  get server(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  #answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = HEAD_BYTES;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1);
    const question = query.subarray(HEAD_BYTES, at + 5);
    const all = this.#answers(labels.join('.').toLowerCase());
    const fitting = all.filter((address) => type === (isIPv4(address) ? A : AAAA));
    const records = fitting.map((address) => {
      const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6(address);
      const head = Buffer.from([0xc0, HEAD_BYTES, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
      return Buffer.concat([head, bytes]);
    });
    const head = Buffer.alloc(HEAD_BYTES);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (all.length === 0 ? NO_SUCH_NAME : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    return Buffer.concat([head, question, ...records]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((done) => this.#socket.close(done));
  }
}

function ipv6(address: string): Buffer {
  const [left = '', right = ''] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const middle = Array(8 - groups(left).length - groups(right).length).fill('0');
  const all = [...groups(left), ...middle, ...groups(right)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
