import { z } from 'zod';
import { isId } from '#protocol/ids.ts';

/**
 * Bodies and parameters are parsed here, once. Lengths are bounds against nonsense; what a name or a
 * focus may be is the capability's to say, in its own words.
 */
const TEXT = z.string().max(2000);
const id = z.string().refine(isId);

export const nameRequest = z.object({ name: TEXT });

export const joinRequest = z
  .object({ secret: TEXT.optional(), code: TEXT.optional(), name: TEXT.optional() })
  .refine(({ secret, code }) => (secret === undefined) !== (code === undefined), 'one way in');

export const startRequest = z.object({ fresh: z.boolean() });

export const forkRequest = z.object({ point: id.nullable(), replace: z.boolean().default(false) });

export const linkRequest = z.object({
  kind: z.enum(['team', 'room-take-part', 'room-watch']),
  room: id.optional(),
});

export const choreNameRequest = z.object({ name: TEXT });

export const choreRequest = z.object({
  who: z.enum(['unsaid', 'only-me', 'others-too']),
  infra: z.enum(['unsaid', 'needed', 'not-needed']),
});

export const focusRequest = z.object({ text: TEXT, chore: z.string().max(64).nullable(), reviewOn: TEXT });

export const idParam = z.object({ id });
/** Lab slugs are at most 24 characters, so that an STS session name fits. */
export const labParam = z.object({
  lab: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .max(24),
});
export const choreParam = z.object({
  slug: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .max(64),
});

/** Thrown by `parse`; answered as a bad request. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
  readonly code = 'bad-request';
}

export function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new UnreadableError('The request has another shape.', { cause: parsed.error });
  return parsed.data;
}
