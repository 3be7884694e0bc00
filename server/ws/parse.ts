/** What a client sends, parsed once at the edge: what does not fit is null, unknown keys are ignored. */
import { z } from 'zod';
import { type ClientFrame, decodeClientFrame } from '#protocol/frames.ts';
import { isId } from '#protocol/ids.ts';
import { ANSWER_LENGTH, INPUT_BYTES, NOTE_LENGTH } from '#protocol/limits.ts';
import type { ClientMessage } from '#protocol/messages.ts';

const person = z.string().refine(isId);
const whole = z.int().min(0);
const terminal = z.int().min(0).max(0xffff);
const bare = <T extends string>(type: T) => z.object({ type: z.literal(type) });

const op = z.discriminatedUnion('type', [
  bare('request'),
  bare('withdraw'),
  z.object({ type: z.literal('give'), to: person, note: z.string().max(NOTE_LENGTH).nullable() }),
  bare('accept'),
  bare('decline'),
  bare('take'),
  bare('take-over'),
  z.object({ type: z.literal('take-part'), part: z.enum(['participant', 'watching', 'adviser']) }),
  bare('make-mob'),
  bare('start-turns'),
  bare('stop-turns'),
  bare('extend'),
  z.object({ type: z.literal('go-to-step'), step: z.string().max(24) }),
]);

const message = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('hello'),
    v: whole,
    lang: z.enum(['ja', 'en']),
    tab: z.string().min(1).max(40),
    resume: z.record(z.string().regex(/^\d{1,5}$/), whole),
    at: whole.default(0), // a client of an older version is to be told that it is old
  }),
  z.object({ t: z.literal('op'), n: whole, op }),
  z.object({
    t: z.literal('answer'),
    n: whole,
    task: z.string().max(24),
    value: z.string().max(ANSWER_LENGTH),
  }),
  z.object({ t: z.literal('check'), n: whole }),
  z.object({ t: z.literal('save-point'), n: whole }),
  z.object({ t: z.literal('reset'), n: whole, point: z.string().refine(isId).nullable() }),
  z.object({ t: z.literal('extend-lease'), n: whole }),
  z.object({ t: z.literal('size'), terminal, cols: whole, rows: whole }),
  z.object({ t: z.literal('open'), n: whole }),
  z.object({ t: z.literal('close'), n: whole, terminal }),
  z.object({ t: z.literal('front'), terminal }),
  z.object({ t: z.literal('composing'), on: z.boolean() }),
  z.object({ t: z.literal('commands'), terminal, on: z.boolean() }),
  z.object({ t: z.literal('visible'), on: z.boolean() }),
  z.object({ t: z.literal('start'), n: whole, terminal }),
  z.object({ t: z.literal('beat') }),
  z.object({ t: z.literal('ping') }),
]);

export function parseMessage(text: string): ClientMessage | null {
  try {
    const parsed = message.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not JSON: the same refusal as JSON of another shape
  }
}

export function parseFrame(data: Uint8Array): ClientFrame | null {
  const frame = decodeClientFrame(data);
  if (frame === null) return null;
  if (frame.kind === 'input') return frame.bytes.length > INPUT_BYTES ? null : frame;
  return Number.isSafeInteger(frame.offset) ? frame : null;
}
