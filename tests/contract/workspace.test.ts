import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOLDER_ENTRIES, shownName } from '#protocol/files.ts';
import { KIB, MIB } from '#protocol/limits.ts';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { createProcessDriver } from '../../server/sandbox/process.ts';
import type { ExecResult, Sandbox } from '../../server/sandbox/sandbox.ts';
import { Workspace } from '../../server/seats/workspace.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { specOf, until } from '../support/sandbox.ts';
import { bytesOf, content, listing, once, refused } from '../support/workspaces.ts';

const HOME_MIB = 24;
const drivers = [createBubblewrapDriver({ log: silentLog }), createProcessDriver({ log: silentLog })];

describe.each(drivers)('the files of a home in a $name sandbox', (driver) => {
  let sandbox: Sandbox;
  let files: Workspace;
  beforeAll(async () => {
    sandbox = await driver.create(specOf({ homeMiB: HOME_MIB }));
    files = new Workspace({ sandbox, homeMiB: HOME_MIB, clock: wallClock });
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  const sh = async (script: string): Promise<string> => {
    const argv = ['/bin/bash', '-c', `cd ~ && ${script}`];
    const { code, stdout, stderr } = await sandbox.exec({ argv, timeoutMs: 30_000, maxBytes: MIB });
    expect(Buffer.from(stderr).toString()).toBe('');
    expect(code).toBe(0);
    return Buffer.from(stdout).toString();
  };
  const write = async (path: string, text: string | Uint8Array, over: string | null = null) =>
    files.write(path, once(text), { over, refuses: async () => null });
  const save = async (path: string, text: string, over: string | null = null) => {
    const saved = await write(path, text, over);
    if ('code' in saved) throw new Error(saved.code);
    return saved.version;
  };

  test('FILE-1 a folder is listed with the kind, size and time of each entry, folders first', async () => {
    await sh(
      'mkdir -p one/b one/a; printf 12345 > one/10.txt; touch one/9.txt; touch -d @1700000000 one/9.txt',
    );
    await sh('ln -s /etc/passwd one/link; mkfifo one/pipe');
    const listed = await listing(files, 'one');
    expect(listed.entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'folder'],
      ['b', 'folder'],
      ['9.txt', 'file'],
      ['10.txt', 'file'],
      ['link', 'link'],
      ['pipe', 'other'],
    ]);
    expect(listed.entries[2]).toMatchObject({ size: 0, modifiedAt: 1_700_000_000_000 });
    expect(listed.entries[3]?.size).toBe(5);
    expect(listed.more).toBe(false);
    expect((await listing(files, 'one')).tag).toBe(listed.tag);
    expect(await files.list('none')).toEqual(refused('file-missing'));
  });

  test('FILE-1 of a huge folder a bounded number is listed, and that is said', async () => {
    await sh(`mkdir huge && cd huge && seq ${FOLDER_ENTRIES + 500} | xargs touch`);
    const { entries, more } = await listing(files, 'huge');
    expect([entries.length, more]).toEqual([FOLDER_ENTRIES, true]);
    await sh('rm -r huge');
  });

  test('FILE-2 names are bytes: each can be opened, and shows nothing that hides or breaks a line', async () => {
    const names = [
      'a\\nb',
      '\\e]0;title\\a',
      'gpj.\\u202Etxt',
      'caf\\xe9',
      '100%',
      '-rf',
      'かな\\u3099',
      ' ',
    ];
    await sh(
      `mkdir names && cd names && for n in ${names.map((name) => `$'${name}'`).join(' ')}; do echo in > "./$n"; done`,
    );
    const { entries } = await listing(files, 'names');
    expect(entries).toHaveLength(names.length);
    for (const { name } of entries) {
      expect(await content(files, `names/${name}`)).toBe('in\n');
      expect(shownName(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/u);
    }
    expect(entries.map(({ name }) => shownName(name)).toSorted()).toEqual(
      [
        'a\\x0Ab',
        '\\x1B]0;title\\x07',
        'gpj.\\xE2\\x80\\xAEtxt',
        'caf\\xE9',
        '100%',
        '-rf',
        'かな\u3099',
        ' ',
      ].toSorted(),
    );
    expect(await files.remove('names/-rf')).toBeNull();
    expect(await files.move('names/caf%E9', 'names/caf%C3%A9')).toBeNull();
    expect(await sh('ls names')).toContain('café');
  });

  test.each(['a/../b', '..', '.', 'a//b', '/etc/passwd', 'a%2Fb', 'a%00b', 'x'.repeat(256), '\ud800', ''])(
    'FILE-2 %j is no path of an entry',
    async (path) => {
      expect(await files.open(path)).toEqual(refused('file-name'));
      expect(await write(path, 'x')).toEqual(refused('file-name'));
      for (const answer of [
        files.makeFolder(path),
        files.remove(path),
        files.move(path, 'y'),
        files.move('y', path),
      ])
        expect(await answer).toEqual(refused('file-name'));
    },
  );

  test.each([
    ['a link to a file of the system', 'ln -s /etc/passwd trick', 'trick'],
    ['a link to the environment of the program itself', 'ln -s /proc/self/environ trick', 'trick'],
    ['a link within the home', 'echo mine > own; ln -s own trick', 'trick'],
    ['a link in the middle of the way', 'ln -s /etc trick', 'trick/passwd'],
    ['a link to the home’s own parent', 'ln -s .. trick', 'trick/learner'],
    ['a pipe that nobody writes into', 'mkfifo trick', 'trick'],
    ['a socket', `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("trick")'`, 'trick'],
    ['a folder', 'mkdir trick', 'trick'],
    ['a file as a folder', 'echo x > trick', 'trick/x'],
  ])('FILE-3 %s is refused, and not waited for', async (_, script, path) => {
    await sh(script);
    expect(await files.open(path)).toEqual(refused('file-kind'));
    expect(await write(path, 'x', '1-1-1')).toEqual(refused('file-kind'));
    await sh('rm -rf trick own');
  });

  test('FILE-3 a folder that is swapped for a link all the time leads nowhere else', async () => {
    await sh('mkdir -p swap/real elsewhere; echo inside > swap/real/file; echo outside > elsewhere/file');
    await sh('ln -s ../elsewhere swap/link; cp -r swap/real swap/now');
    const swapping = sandbox.exec({
      argv: ['/usr/bin/python3', '-c', SWAP],
      timeoutMs: 20_000,
      maxBytes: KIB,
    });
    const seen = new Set<string>();
    for (let tries = 0; tries < 25; tries += 1) {
      const text = await content(files, 'swap/now/file');
      seen.add(text);
      await write('swap/now/made', 'x');
    }
    await sh('touch swap/stop');
    await swapping;
    expect(seen).not.toContain('outside\n');
    expect(await sh('ls elsewhere')).toBe('file\n');
    await sh('rm -rf swap elsewhere');
  });

  test('FILE-4 a file of several pieces arrives as it is; one that only claims to be large is refused', async () => {
    await sh('head -c 5000000 /dev/urandom > big; truncate -s 1T sparse');
    const opened = await files.open('big');
    if ('code' in opened) throw new Error(opened.code);
    expect(opened.size).toBe(5_000_000);
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256');
    for await (const piece of opened.content) hash.update(piece);
    expect(await sh('sha256sum < big')).toContain(hash.digest('hex'));
    expect(await files.open('big', MIB)).toEqual(refused('too-large'));
    expect(await files.open('sparse')).toEqual(refused('too-large'));
    await sh('rm big sparse');
  });

  test('FILE-4 a file that grows gives what it had; one that is cut or replaced says so', async () => {
    await sh('head -c 5000000 /dev/zero > log');
    const opened = async () => {
      const file = await files.open('log');
      if ('code' in file) throw new Error(file.code);
      return file;
    };
    const growing = await opened();
    await sh('echo more >> log');
    expect((await bytesOf(growing.content)).length).toBe(5_000_000);
    const cut = await opened();
    await sh('truncate -s 100 log');
    await expect(bytesOf(cut.content)).rejects.toThrow('replaced');
    await sh('head -c 5000000 /dev/zero > log');
    const replaced = await opened();
    await sh('cp log other && mv other log');
    await expect(bytesOf(replaced.content)).rejects.toThrow('replaced');
    await sh('rm log');
  });

  test('FILE-5 a save takes the place of the whole file, keeps its mode, and gives its version', async () => {
    const first = await save('note.sh', 'echo 1\n');
    expect(await sh('cat note.sh; stat -c %a note.sh')).toBe('echo 1\n644\n');
    await sh('chmod 750 note.sh');
    const second = await save('note.sh', 'echo 2\n', first);
    expect(await sh('cat note.sh; stat -c %a note.sh; ls -A | grep -c dojou-upload || true')).toBe(
      'echo 2\n750\n0\n',
    );
    const opened = await files.open('note.sh');
    expect(opened).toMatchObject({ version: second });
    expect(await save('empty', '')).toBeTruthy();
    expect(await content(files, 'empty')).toBe('');
  });

  test('FILE-5 what was changed since it was seen is not overwritten, however it was changed', async () => {
    const seen = await save('shared', 'mine\n');
    for (const change of ['echo theirs >> shared', 'echo them > t && mv t shared', 'sed -i s/e/E/ shared']) {
      await sh(change);
      const now = await sh('cat shared');
      expect(await write('shared', 'lost?', seen)).toEqual(refused('file-changed'));
      expect(await write('shared', 'lost?')).toEqual(refused('file-exists'));
      expect(await sh('cat shared')).toBe(now);
    }
    await sh('rm shared');
    expect(await write('shared', 'again', seen)).toEqual(refused('file-changed'));
    expect(await sh('ls -A | grep -c dojou-upload || true')).toBe('0\n');
  });

  test('FILE-5 one who writes while a large save travels has the last word', async () => {
    const seen = await save('race', 'first\n');
    const slow = async function* () {
      yield new Uint8Array(3 * MIB);
      await sh('echo in between > race');
      yield new Uint8Array(3 * MIB);
    };
    const answer = await files.write('race', slow(), { over: seen, refuses: async () => null });
    expect(answer).toEqual(refused('file-changed'));
    expect(await sh('cat race; ls -A | grep -c dojou-upload || true')).toBe('in between\n0\n');
  });

  test('FILE-6 what is larger than the home is refused, and nothing of it is left', async () => {
    const endless = async function* () {
      for (;;) yield new Uint8Array(MIB);
    };
    const answer = await files.write('flood', endless(), { over: null, refuses: async () => null });
    expect(answer).toMatchObject({ code: expect.stringMatching(/^(too-large|home-full)$/) });
    expect(await sh('ls -A | grep -c -e dojou-upload -e flood || true')).toBe('0\n');
  });

  test('FILE-6 a body that breaks off leaves nothing', async () => {
    const broken = async function* () {
      yield new Uint8Array(3 * MIB);
      throw new Error('the line is gone');
    };
    await expect(files.write('half', broken(), { over: null, refuses: async () => null })).rejects.toThrow(
      'line',
    );
    expect(await sh('ls -A | grep -c -e dojou-upload -e half || true')).toBe('0\n');
  });

  test('FILE-6 what a killed server has left half sent is not shown, and goes after an hour', async () => {
    await sh('mkdir left; cd left; touch .dojou-upload-new; touch -d "2 hours ago" .dojou-upload-old old');
    expect((await listing(files, 'left')).entries.map(({ name }) => name)).toEqual(['old']);
    expect(await sh('ls -A left')).toBe('.dojou-upload-new\nold\n');
  });

  test('FILE-7 folders are made, entries renamed, and never over something', async () => {
    expect(await files.makeFolder('made')).toBeNull();
    expect(await files.makeFolder('made')).toEqual(refused('file-exists'));
    await sh('echo a > made/a; echo b > made/b; mkdir made/full; echo c > made/full/c; ln -s a made/l');
    for (const to of ['made/b', 'made/full', 'made/l']) {
      expect(await files.move('made/a', to)).toEqual(refused('file-exists'));
    }
    expect(await files.move('made/full', 'made/b')).toEqual(refused('file-exists'));
    expect(await files.move('made', 'made/full/in-itself')).toEqual(refused('file-name'));
    expect(await files.move('made/none', 'made/x')).toEqual(refused('file-missing'));
    expect(await files.move('made/a', 'made/full/a')).toBeNull();
    expect(await files.move('made/l', 'made/link')).toBeNull();
    expect(await files.move('made/full', 'made/other')).toBeNull();
    expect(await sh('cd made; ls; cat other/a b; readlink link')).toBe('b\nlink\nother\na\nb\na\n');
  });

  test('FILE-7 a folder is deleted however deep it is, and what its links lead to is not', async () => {
    await sh(
      'mkdir keep; echo kept > keep/file; mkdir gone; ln -s ../keep gone/link; ln -s ../keep/file gone/file',
    );
    await sh(
      `python3 -c 'import os; os.chdir("gone"); [(os.mkdir("d"), os.chdir("d")) for _ in range(3000)]'`,
    );
    expect(await files.remove('gone')).toBeNull();
    expect(await files.remove('gone')).toEqual(refused('file-missing'));
    expect(await sh('cat keep/file')).toBe('kept\n');
    await sh('ln -s keep way');
    expect(await files.remove('way')).toBeNull();
    expect(await sh('cat keep/file')).toBe('kept\n');
  });

  test('FILE-9 however many look at a folder, it is listed once a second', async () => {
    await sh('mkdir looked');
    let runs = 0;
    const counting = {
      exec: (options: Parameters<Sandbox['exec']>[0]): Promise<ExecResult> => {
        runs += 1;
        return sandbox.exec(options);
      },
    };
    const clock = new ManualClock(0);
    const many = new Workspace({ sandbox: counting, homeMiB: HOME_MIB, clock });
    await Promise.all(Array.from({ length: 200 }, () => many.list('looked')));
    expect(runs).toBe(1);
    clock.advance(1001);
    await many.list('looked');
    expect(runs).toBe(2);
    await many.makeFolder('looked/seen-at-once');
    expect((await listing(many, 'looked')).entries.map(({ name }) => name)).toContain('seen-at-once');
  });
});

describe('where walls stand', () => {
  const driver = createBubblewrapDriver({ log: silentLog });
  let sandbox: Sandbox;
  let files: Workspace;
  beforeAll(async () => {
    sandbox = await driver.create(specOf({ homeMiB: 8 }));
    files = new Workspace({ sandbox, homeMiB: 8, clock: wallClock });
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());
  const sh = async (script: string): Promise<string> => {
    const argv = ['/bin/bash', '-c', `cd ~; ${script}`];
    const { stdout } = await sandbox.exec({ argv, timeoutMs: 30_000, maxBytes: MIB });
    return Buffer.from(stdout).toString();
  };
  const write = (path: string, bytes: string | Uint8Array, over: string | null = null) =>
    files.write(path, once(bytes), { over, refuses: async () => null });

  test('FILE-6 in a full home the file stays as it was, and nothing of the new one is left', async () => {
    const saved = await write('kept', 'whole\n');
    const version = 'version' in saved ? saved.version : '';
    await sh('head -c 9M /dev/zero > filler');
    expect(await write('kept', new Uint8Array(MIB), version)).toEqual(refused('home-full'));
    expect(await write('more', new Uint8Array(MIB))).toEqual(refused('home-full'));
    expect(await sh('cat kept; ls -A | grep -c -e dojou-upload -e more')).toBe('whole\n0\n');
    expect(await files.remove('filler')).toBeNull();
    expect(await write('kept', 'again\n', version)).toHaveProperty('version');
  });

  test('FILE-8 what permissions forbid is said, and changes nothing', async () => {
    await sh(
      'echo secret > closed; chmod 000 closed; echo ro > ro; chmod 444 ro; mkdir dark; chmod 000 dark',
    );
    await sh('mkdir fixed; echo in > fixed/in; chmod 555 fixed');
    expect(await files.open('closed')).toEqual(refused('file-denied'));
    expect(await files.list('dark')).toEqual(refused('file-denied'));
    const ro = (await listing(files, '')).entries.find(({ name }) => name === 'ro');
    expect(await write('ro', 'x', ro?.version ?? '')).toEqual(refused('file-denied'));
    expect(await write('fixed/new', 'x')).toEqual(refused('file-denied'));
    expect(await files.remove('fixed')).toEqual(refused('file-denied'));
    expect(await files.move('fixed/in', 'out')).toEqual(refused('file-denied'));
    expect(await sh('cat ro fixed/in; ls -A | grep -c dojou-upload')).toBe('ro\nin\n0\n');
  });

  test('FILE-9 a learner without a process left gets a sentence, and the files back afterwards', async () => {
    const argv = ['/usr/bin/python3', '-c', BOMB];
    const bomb = sandbox.exec({ argv, timeoutMs: 10_000, maxBytes: KIB });
    let name = 0;
    const answer = async () => {
      name += 1;
      return (await files.makeFolder(`made-${name}`))?.code;
    };
    await until(async () => (await answer()) === 'files-failed');
    await bomb;
    expect(await answer()).toBeUndefined();
  });
});

/** As many children as it may have, for a while; a place that gets free is taken at once. */
const BOMB = `
import os, time
end = time.monotonic() + 4
while time.monotonic() < end:
    try:
        if os.fork() == 0:
            time.sleep(max(0, end - time.monotonic()))
            os._exit(0)
    except OSError:
        time.sleep(0.001)
`;

const SWAP = `
import ctypes, os
libc = ctypes.CDLL(None)
os.chdir(os.path.expanduser('~/swap'))
while not os.path.exists('stop'):
    libc.renameat2(-100, b'now', -100, b'link', 2)
`;
