import fc from 'fast-check';
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { hostVerdict } from '../../../server/http/host-check.ts';
import { permissions } from '../../../server/http/permissions.ts';
import { sessionCookie } from '../../../server/http/session-cookie.ts';
import type { Sessions } from '../../../server/people/sessions.ts';

const ORIGIN = 'http://localhost:8310';

test('HTTP-4 a route of /api without a line in the table does not start', () => {
  const app = fastify();
  const nobody: Sessions = {
    open: async () => '',
    personOf: async () => null,
    close: async () => undefined,
  };
  permissions(
    app,
    nobody,
    sessionCookie(() => ORIGIN, 1000),
  );
  expect(() => app.get('/api/forgotten', async () => 'open to all')).toThrow(
    'GET /api/forgotten is missing in the table of permissions.',
  );
  expect(() => app.get('/api/map', async () => ({}))).not.toThrow();
});

test('HTTP-7 whatever path another loopback name asks for, it is sent to the one origin and nowhere else', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('127.0.0.1', '[::1]:9', 'LOCALHOST:1'), (path, host) => {
      const verdict = hostVerdict(host, { method: 'GET', path: `/${path}`, origin: ORIGIN });
      if (verdict.do === 'redirect') expect(new URL(verdict.to).origin).toBe(ORIGIN);
      else expect(path.startsWith('api/')).toBe(true);
    }),
  );
});

test('HTTP-7 a name that only looks like ours or like loopback is refused', () => {
  for (const host of [
    '',
    'localhost:8310.evil.example',
    'localhost.evil.example',
    'evil.example:8310',
    '127.0.0.1.evil.example',
    'localhost:8310@evil.example',
    '0.0.0.0:8310',
    '[::]:8310',
  ]) {
    const verdict = hostVerdict(host, { method: 'GET', path: '/', origin: ORIGIN });
    expect([host, verdict]).toEqual([host, { do: 'refuse' }]);
  }
});
