import { expect } from 'vitest';
import type { Browser } from './browser.ts';
import type { TestServer } from './http-server.ts';

/** A browser whose person has given a name. */
export async function named(
  server: TestServer,
  name: string,
): Promise<{ readonly browser: Browser; readonly id: string }> {
  const browser = server.browser();
  const { json } = await browser.send('POST', '/api/session', { name });
  return { browser, id: idOf(json) };
}

/** A browser that came by an owner link. */
export async function owner(server: TestServer): Promise<Browser> {
  const browser = server.browser();
  const secret = secretOf(await server.ownerLink());
  await browser.send('POST', '/api/join', { secret, name: '持ち主' });
  return browser;
}

/** The person's id in an answer of `/api/me` or `/api/session`. */
export function idOf(me: unknown): string {
  expect(me).toMatchObject({ person: { id: expect.stringMatching(/^[a-z2-7]{16}$/) } });
  return (me as { person: { id: string } }).person.id;
}

export function secretOf(url: string): string {
  return new URL(url).hash.slice(1);
}

/** A refusal as it is sent. */
export function error(code: string, values = {}) {
  return { error: { code, values } };
}
