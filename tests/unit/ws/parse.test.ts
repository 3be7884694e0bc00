import { describe, expect, it } from 'vitest';
import { encodeAck, encodeInput, INPUT_HEADER_BYTES } from '#protocol/frames.ts';
import { INPUT_BYTES } from '#protocol/limits.ts';
import { parseFrame, parseMessage } from '../../../server/ws/parse.ts';

const INPUT = {
  terminal: 1,
  epoch: 3,
  i: 7,
  at: 1_234_567_890,
  answer: false,
  bytes: new TextEncoder().encode('あ'),
};
const SIZE = { t: 'size', terminal: 1, cols: 80, rows: 24 };
const VISIBLE = { t: 'visible', on: true };
const parse = (value: unknown) => parseMessage(JSON.stringify(value));

describe('messages of a client', () => {
  it.each([SIZE, { ...SIZE, terminal: 0xffff, cols: Number.MAX_SAFE_INTEGER }, VISIBLE])(
    'WS-5 of the right shape are taken, without keys that are not known: %o',
    (message) => {
      expect(parse(message)).toEqual(message);
      expect(parse({ ...message, later: true })).toEqual(message);
    },
  );

  it.each([
    { ...SIZE, terminal: 0x10000 },
    { ...SIZE, terminal: -1 },
    { ...SIZE, cols: 1.5 },
    { ...SIZE, rows: '7' },
    { ...SIZE, rows: Number.MAX_SAFE_INTEGER + 1 },
    { ...SIZE, rows: undefined },
    { ...SIZE, t: 'unknown' },
    { ...VISIBLE, on: 'yes' },
    null,
    [],
    'visible',
  ])('WS-5 of another shape are refused: %#', (message) => {
    expect(parse(message)).toBeNull();
  });

  it('WS-5 that are no JSON are refused', () => {
    expect(parseMessage('{"t":"beat"')).toBeNull();
  });
});

describe('frames of a client', () => {
  it.each([
    INPUT,
    { ...INPUT, answer: true, bytes: new Uint8Array() },
    { ...INPUT, terminal: 0xffff, epoch: 2 ** 32 - 1, i: 2 ** 32 - 1 },
    { ...INPUT, bytes: new Uint8Array(INPUT_BYTES).fill(0xff) },
  ])('WS-5 keys arrive as they were sent: %#', (input) => {
    expect(parseFrame(encodeInput(input))).toEqual({ kind: 'input', ...input });
  });

  it.each([0, 1, 2 ** 32 - 1, 2 ** 32, 1_900_000_000_000 * 1024 + 7, Number.MAX_SAFE_INTEGER])(
    'WS-5 so do acknowledgements: %d',
    (offset) => {
      expect(parseFrame(encodeAck(9, offset))).toEqual({ kind: 'ack', terminal: 9, offset });
    },
  );

  it('WS-5 what is cut, too long or of no known kind is refused', () => {
    const keys = encodeInput(INPUT);
    expect(parseFrame(keys.subarray(0, INPUT_HEADER_BYTES - 1))).toBeNull();
    expect(parseFrame(encodeInput({ ...INPUT, bytes: new Uint8Array(INPUT_BYTES + 1) }))).toBeNull();
    expect(parseFrame(encodeAck(1, 5).subarray(0, 10))).toBeNull();
    expect(parseFrame(Uint8Array.of(4, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255))).toBeNull();
    expect(parseFrame(Uint8Array.of(99, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0))).toBeNull();
    expect(parseFrame(new Uint8Array())).toBeNull();
  });
});
