import { describe, expect, it } from 'vitest';
import { INPUT_BYTES } from '#protocol/limits.ts';
import { parseMessage } from '../../../server/ws/parse.ts';

const INPUT = { t: 'input', terminal: 1, epoch: 3, i: 7, data: 'あ' };
const ACK = { t: 'ack', terminal: 0xffff, offset: Number.MAX_SAFE_INTEGER };
const SIZE = { t: 'size', terminal: 1, cols: 80, rows: 24 };
const parse = (value: unknown) => parseMessage(JSON.stringify(value));

describe('messages of a client', () => {
  it.each([INPUT, { ...INPUT, data: 'x'.repeat(INPUT_BYTES) }, ACK, SIZE])(
    'WS-5 of the right shape are taken, without keys that are not known: %o',
    (message) => {
      expect(parse(message)).toEqual(message);
      expect(parse({ ...message, later: true })).toEqual(message);
    },
  );

  it.each([
    { ...INPUT, terminal: 0x10000 },
    { ...INPUT, terminal: -1 },
    { ...INPUT, epoch: 1.5 },
    { ...INPUT, i: '7' },
    { ...INPUT, i: Number.MAX_SAFE_INTEGER + 1 },
    { ...INPUT, data: 'x'.repeat(INPUT_BYTES + 1) },
    { ...INPUT, data: null },
    { ...ACK, offset: -1 },
    { ...ACK, terminal: undefined },
    { ...SIZE, t: 'unknown' },
    null,
    [],
    'input',
  ])('WS-5 of another shape are refused: %#', (message) => {
    expect(parse(message)).toBeNull();
  });

  it('WS-5 that are no JSON are refused', () => {
    expect(parseMessage('{"t":"beat"')).toBeNull();
  });
});
