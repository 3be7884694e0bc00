/** One door to the HTTP routes of `#protocol/api.ts`: JSON both ways, refusals as values. */
import type { ApiError, Me } from '#protocol/api.ts';
import { type ErrorCode, isErrorCode, type Lang, say } from '#protocol/errors.ts';
import type { Refusal } from '#protocol/messages.ts';

/** `offline` is ours: the server did not answer at all. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal | 'offline' };

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export async function call<T>(method: Method, path: string, body?: object): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, refusal: 'offline' };
  }
  const json: unknown = await response.json().catch(() => null);
  // The server is the one author of these shapes; both sides compile against #protocol/api.ts.
  if (response.ok) return { ok: true, value: json as T };
  return { ok: false, refusal: refusalOf(json) };
}

export function refusalOf(json: unknown): Refusal {
  const error = (json as Partial<ApiError> | null)?.error;
  if (error !== undefined && isErrorCode(error.code)) return { code: error.code, values: error.values ?? {} };
  return { code: 'internal', values: {} };
}

const OFFLINE = {
  ja: 'サーバーから返事がありません。何も変わっていません。つながりを確かめて、もう一度どうぞ。',
  en: 'The server does not answer. Nothing was changed. Check your connection and try again.',
} as const;

export function sentenceOf(refusal: Refusal | 'offline', lang: Lang): string {
  return refusal === 'offline' ? OFFLINE[lang] : say(refusal.code, lang, refusal.values);
}

export function isCode(refusal: Refusal | 'offline', code: ErrorCode): boolean {
  return refusal !== 'offline' && refusal.code === code;
}

let me: Promise<Answer<Me>> | null = null;

/** Asked once per page: header, banners and the page itself share the answer. */
export function whoAmI(): Promise<Answer<Me>> {
  me ??= call<Me>('GET', '/api/me');
  return me;
}
