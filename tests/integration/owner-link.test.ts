import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Me } from '#protocol/api.ts';
import { Person } from '../support/person.ts';
import { TestServer } from '../support/server.ts';

it('LINK-13 another owner link can be printed beside a running server, and makes its opener the owner', async () => {
  await using server = await TestServer.start();
  const env = { PATH: process.env.PATH, DOJOU_DATA: server.data, DOJOU_PORT: new URL(server.origin).port };
  const { stdout } = await promisify(execFile)(process.execPath, ['server/cli/owner-link.ts'], { env });
  expect(stdout.trim()).toMatch(new RegExp(`^${server.origin}/join/#`));
  expect(stdout.trim()).not.toBe(server.ownerLink);
  const person = new Person(server.origin);
  expect(await person.join(stdout.trim(), '二人目')).toMatchObject({ kind: 'owner', to: { page: 'home' } });
  const me = (await (await person.fetch('GET', '/api/me')).json()) as Me;
  expect(me.person).toMatchObject({ name: '二人目', role: 'owner' });
  // The one that was printed before is good no more: two sheets of paper must not make two owners.
  const late = await new Person(server.origin).fetch('POST', '/api/join', {
    secret: new URL(server.ownerLink).hash.slice(1),
    name: '遅れた人',
  });
  expect(late.status).toBe(410);
});
