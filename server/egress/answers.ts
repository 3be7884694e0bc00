import type { Duplex } from 'node:stream';
import type { Clock } from '../lib/clock.ts';
import { ANSWER_MS } from './limits.ts';

/** Why a connection is not made; each has a line that a program shows and sentences for the person. */
export type Refusal =
  | 'not-listed'
  | 'forbidden-address'
  | 'unreachable'
  | 'bad-request'
  | 'tunnels-only'
  | 'too-many';

interface Words {
  readonly status: string;
  readonly ja: string;
  readonly en: string;
}

const WORDS: Readonly<Record<Refusal, Words>> = {
  'not-listed': {
    status: '403 This lab does not list that host and port',
    ja: 'このラボで外に出られる先のリストに、その名前とポートがありません。出られる先は、ページの「練習環境」に並んでいます。',
    en: 'This lab does not list that host name and port. Those that it lists are shown on the page, under the practice seat.',
  },
  'forbidden-address': {
    status: '403 That address is private, local or reserved',
    ja: 'その先は、社内や手元のネットワーク、またはクラウドの内部アドレスです。練習環境からはつながりません。',
    en: 'That leads to a private, local or reserved address. A practice seat never goes there.',
  },
  unreachable: {
    status: '502 That host cannot be reached',
    ja: '相手に届きませんでした。名前を引けないか、応答がありません。少し待ってから、もう一度試してください。',
    en: 'That host could not be reached: its name has no address, or nobody answers. Wait a moment and try again.',
  },
  'bad-request': {
    status: '400 Not a CONNECT that this proxy can read',
    ja: '送られた内容を読めませんでした。「CONNECT 名前:ポート」だけを受けつけます。',
    en: 'That could not be read. This proxy takes “CONNECT host:port” and nothing else.',
  },
  'tunnels-only': {
    status: '403 Plain http does not leave this seat',
    ja: '暗号化しない http は外に出ません。リストにある先へ、https:// でつないでください。',
    en: 'Plain http does not leave this seat. Use https:// for a host that the lab lists.',
  },
  'too-many': {
    status: '503 Too many connections at a time',
    ja: '外への接続が多すぎます。いまの接続が終わってから、もう一度試してください。',
    en: 'Too many connections to the outside. Let those that are open end, and try again.',
  },
};

/** Says no, and forgets the connection soon after, read or not. */
export class Answers implements Disposable {
  readonly #clock: Clock;
  readonly #speaking = new Set<Duplex>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  refuse(stream: Duplex, refusal: Refusal): void {
    const { status, ja, en } = WORDS[refusal];
    const body = Buffer.from(`${ja}\n${en}\n`);
    const head = [
      `HTTP/1.1 ${status}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    this.#speaking.add(stream);
    const end = (): void => {
      stream.destroy();
    };
    const cancel = this.#clock.after(ANSWER_MS, end);
    stream.once('close', () => {
      cancel();
      this.#speaking.delete(stream);
    });
    // What is still coming is thrown away: to close on unread bytes would take the answer back.
    stream.once('end', end).resume();
    stream.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
  }

  [Symbol.dispose](): void {
    for (const stream of this.#speaking) stream.destroy();
  }
}
