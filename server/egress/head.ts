import type { Duplex } from 'node:stream';
import type { Clock } from '../lib/clock.ts';
import { HEAD_BYTES, HEAD_MS } from './limits.ts';

export type Head =
  | { readonly kind: 'connect'; readonly authority: string; readonly rest: Buffer }
  /** A whole request for a page: a proxy of other kinds would fetch it. */
  | { readonly kind: 'fetch'; readonly url: string }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'gone' };

const END = Buffer.from('\r\n\r\n');
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/;

/** The head of one request, within its bounds of bytes and time. The stream is paused then. */
export function readHead(stream: Duplex, clock: Clock): Promise<Head> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (head: Head): void => {
      cancel();
      stream.off('data', hear).off('end', gone).off('close', gone).pause();
      resolve(head);
    };
    const gone = (): void => done({ kind: 'gone' });
    const hear = (chunk: Buffer): void => {
      // The end may lie across two chunks.
      const from = Math.max(0, bytes.length - END.length);
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf(END, from);
      const length = end < 0 ? bytes.length : end;
      if (length > HEAD_BYTES) done({ kind: 'unreadable' });
      else if (end >= 0) done(parse(bytes.toString('utf8', 0, end), bytes.subarray(end + END.length)));
    };
    const cancel = clock.after(HEAD_MS, () => done({ kind: 'unreadable' }));
    stream.on('data', hear).once('end', gone).once('close', gone);
  });
}

function parse(head: string, rest: Buffer): Head {
  const [line = ''] = head.split('\r\n', 1);
  const [, method = '', target = ''] = REQUEST_LINE.exec(line) ?? [];
  if (method === 'CONNECT') return { kind: 'connect', authority: target, rest };
  return /^https?:\/\//i.test(target) ? { kind: 'fetch', url: target } : { kind: 'unreadable' };
}
