/** Frames of a client, parsed once at the edge: what does not fit is null, unknown keys are ignored. */
import { z } from 'zod';
import { isId } from '#protocol/ids.ts';
import { ANSWER_LENGTH, INPUT_BYTES, NOTE_LENGTH } from '#protocol/limits.ts';
import type { ClientMessage } from '#protocol/messages.ts';

const person = z.string().refine(isId);
const whole = z.int().min(0);
const MAX_TERMINAL = 0xffff;
const terminal = z.int().min(0).max(MAX_TERMINAL);
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
  }),
  z.object({ t: z.literal('op'), n: whole, op }),
  z.object({
    t: z.literal('answer'),
    n: whole,
    task: z.string().max(24),
    value: z.string().max(ANSWER_LENGTH),
  }),
  z.object({ t: z.literal('check'), n: whole }),
  z.object({ t: z.literal('input'), terminal, epoch: whole, i: whole, data: z.string().max(INPUT_BYTES) }),
  z.object({ t: z.literal('ack'), terminal, offset: whole }),
  z.object({ t: z.literal('size'), terminal, cols: whole, rows: whole }),
  z.object({ t: z.literal('visible'), on: z.boolean() }),
  z.object({ t: z.literal('start'), n: whole, terminal }),
  z.object({ t: z.literal('beat') }),
]);

export function parseMessage(text: string): ClientMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    const live = parseLive(value);
    if (live !== null) return live;
    const parsed = message.safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not JSON: the same refusal as JSON of another shape
  }
}

/**
 * Keys and acknowledgements, without the schema: between two keystrokes its code has left the caches,
 * and 60 µs of it would stand in the way of every echo. What does not fit here is the schema's to judge.
 */
function parseLive(value: unknown): ClientMessage | null {
  if (typeof value !== 'object' || value === null || !('t' in value && 'terminal' in value)) return null;
  const { terminal } = value;
  if (!isWhole(terminal) || terminal > MAX_TERMINAL) return null;
  if (value.t === 'ack' && 'offset' in value && isWhole(value.offset)) {
    return { t: 'ack', terminal, offset: value.offset };
  }
  if (value.t !== 'input' || !('epoch' in value && 'i' in value && 'data' in value)) return null;
  const { epoch, i, data } = value;
  if (!isWhole(epoch) || !isWhole(i) || typeof data !== 'string' || data.length > INPUT_BYTES) return null;
  return { t: 'input', terminal, epoch, i, data };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
