import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodeFrame,
  type Frame,
  FrameReader,
  HEADER_BYTES,
  KIND,
  MAX_PAYLOAD,
  MalformedFrame,
} from '../../server/sandbox/frames.ts';

test('WALL-19 frames come out as they went in, however the stream is cut', () => {
  const frame = fc.record({
    kind: fc.constantFrom(...Object.values(KIND)),
    channel: fc.integer({ min: 0, max: 0xffffffff }),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 400 })),
      (frames, cuts) => {
        let stream = Buffer.concat(
          frames.map(({ kind, channel, payload }) => encodeFrame(kind, channel, payload)),
        );
        const seen: Frame[] = [];
        const reader = new FrameReader((one) => seen.push(one));
        for (const cut of [...cuts, stream.length]) {
          reader.push(stream.subarray(0, cut));
          stream = stream.subarray(cut);
        }
        const plain = (list: readonly { kind: number; channel: number; payload: Uint8Array }[]) =>
          list.map(({ kind, channel, payload }) => [kind, channel, Buffer.from(payload).toString('hex')]);
        expect(plain(joined(seen))).toEqual(plain(joined(frames)));
      },
    ),
  );
});

/** What a pty prints comes in pieces: those of one channel that follow each other are one. */
function joined(frames: readonly { kind: number; channel: number; payload: Uint8Array }[]) {
  const list: { kind: number; channel: number; payload: Uint8Array }[] = [];
  for (const frame of frames) {
    const last = list.at(-1);
    if (frame.kind === KIND.OUTPUT && last?.kind === KIND.OUTPUT && last.channel === frame.channel) {
      last.payload = Buffer.concat([last.payload, frame.payload]);
    } else list.push({ ...frame });
  }
  return list;
}

test('WALL-19 a frame is refused by its header, before its payload is waited for', () => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAX_PAYLOAD + 1);
  expect(() => new FrameReader(() => undefined).push(header)).toThrow(MalformedFrame);
});
