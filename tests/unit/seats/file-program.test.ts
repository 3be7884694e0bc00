import { describe, expect, test } from 'vitest';
import { FOLDER_ENTRIES } from '#protocol/files.ts';
import { wallClock } from '../../../server/lib/clock.ts';
import type { ExecResult } from '../../../server/sandbox/sandbox.ts';
import { Workspace } from '../../../server/seats/workspace.ts';
import { listing, once, refused } from '../../support/workspaces.ts';

describe('a program inside that was replaced', () => {
  test.each([
    ['nonsense', 'x'.repeat(1000)],
    ['nothing', ''],
    ['an unknown word', 'no way\n'],
    ['no version', 'ok ../../etc 5\nhello'],
    ['an endless first line', 'ok '.repeat(1000)],
  ])('FILE-10 %s is a refusal', async (_, said) => {
    const files = new Workspace({ sandbox: saying(said), homeMiB: 1, clock: wallClock });
    expect(await files.open('x')).toEqual(refused('files-failed'));
    const saved = await files.write('x', once('x'), { over: null, refuses: async () => null });
    expect(saved).toEqual(refused('files-failed'));
  });

  test('FILE-10 a change is done only when it is said to be', async () => {
    const made = (said: string) =>
      new Workspace({ sandbox: saying(said), homeMiB: 1, clock: wallClock }).makeFolder('x');
    expect(await made('ok\n')).toBeNull();
    for (const said of ['', 'x\n', 'okay\n', 'ok', 'no way\n', 'no\n', '\nok\n'])
      expect(await made(said)).toEqual(refused('files-failed'));
  });

  test('FILE-10 a listing is cut to its bounds, and lines of another shape are left out', async () => {
    const line = (name: string) => `file 99999999999999999999 -99999999999999999999 1-1-1 ${name}\n`;
    const many = Array.from({ length: FOLDER_ENTRIES + 10 }, (_, n) => line(n.toString(16).padStart(6, '0')));
    const files = new Workspace({
      sandbox: saying(`ok 0 1\n<script> 1\nfile x x x x\n${many.join('')}`),
      homeMiB: 1,
      clock: wallClock,
    });
    const { entries } = await listing(files, '');
    expect(entries.length).toBeLessThanOrEqual(FOLDER_ENTRIES);
    expect(entries[0]).toMatchObject({ size: Number.MAX_SAFE_INTEGER, modifiedAt: -8.64e15 });
  });

  test('FILE-10 more than was asked for, and silence, are a refusal; more waiters than there is room for, too', async () => {
    const answer = { code: 0, signal: null, stderr: new Uint8Array(), stdout: Buffer.from('ok 1-1-1 1\n') };
    for (const bad of [
      { timedOut: true, truncated: false },
      { timedOut: false, truncated: true },
    ]) {
      const files = new Workspace({
        sandbox: { exec: async () => ({ ...answer, ...bad }) },
        homeMiB: 1,
        clock: wallClock,
      });
      expect(await files.open('x')).toEqual(refused('files-failed'));
    }
    const ended = { exec: () => Promise.reject<ExecResult>(new Error('the sandbox is gone')) };
    expect(await new Workspace({ sandbox: ended, homeMiB: 1, clock: wallClock }).open('x')).toEqual(
      refused('files-failed'),
    );
    const stuck = Promise.withResolvers<ExecResult>();
    const slow = new Workspace({ sandbox: { exec: () => stuck.promise }, homeMiB: 1, clock: wallClock });
    const waiting = Array.from({ length: 63 }, () => slow.open('x'));
    expect(await slow.open('x')).toEqual(refused('too-many'));
    stuck.resolve({ ...answer, timedOut: true, truncated: false });
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => refused('files-failed')));
  });
});

function saying(said: string) {
  const result = { code: 0, signal: null, stderr: new Uint8Array(), timedOut: false, truncated: false };
  return { exec: async () => ({ ...result, stdout: Buffer.from(said) }) };
}
