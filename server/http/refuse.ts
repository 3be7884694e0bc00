import type { FastifyReply } from 'fastify';
import type { ApiError } from '#protocol/api.ts';
import { ERRORS, type ErrorCode, isErrorCode } from '#protocol/errors.ts';
import type { Refusal } from '#protocol/messages.ts';

/** Answers with the catalogue's status and `{ error: { code, values } }`. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const body: ApiError = { error: { code: refusal.code, values: refusal.values } };
  return reply.code(ERRORS[refusal.code].status).type('application/json; charset=utf-8').send(body);
}

export function refuseWith(reply: FastifyReply, code: ErrorCode): FastifyReply {
  return refuse(reply, { code, values: {} });
}

/** Tells a refusal from what was asked for: capabilities return either. */
export function isRefusal<T extends object>(answer: T | Refusal): answer is Refusal {
  return 'code' in answer && 'values' in answer && isErrorCode(answer.code);
}

/** What went wrong → the catalogue's code. Codes of Fastify's own are its documented ones. */
export function codeOf(error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'internal';
  if ('code' in error && isErrorCode(error.code)) return error.code;
  if ('code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'too-large';
  const status = 'statusCode' in error ? error.statusCode : 500;
  if (status === 404) return 'not-found';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad-request' : 'internal';
}
