import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCROLLBACK_BYTES } from '#protocol/limits.ts';
import { isolation } from '../../server/cli/doctor/isolation.ts';
import { limits } from '../../server/cli/doctor/limits.ts';
import type { Inside, Outside } from '../../server/cli/doctor/probe.ts';
import { VARIABLES } from '../../server/config/variables.ts';
import {
  BYTES_PER_SECOND,
  CONNECTIONS_AT_ONCE,
  CONNECTIONS_PER_MINUTE,
  SHOWN_CONNECTIONS,
} from '../../server/egress/limits.ts';
import { SESSION_LIFE_MS } from '../../server/people/sessions.ts';
import { avoidedWords, countJi, readGlossary, readProse, sentences } from '../support/prose.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
const ja = readProse('content/pages/security/index.mdx');
const en = readProse('content/pages/security/index.en.mdx');

/** A number that a module keeps to itself, as it stands in its text. */
function inside(file: string, pattern: RegExp): string {
  const found = pattern.exec(readFileSync(file, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${file} has no ${pattern}`);
  return found.replaceAll('_', '');
}

const openFiles = Number(inside('server/sandbox/launch.ts', /MAX_OPEN_FILES = ([\d_]+)/)).toLocaleString(
  'en',
);
const firstUid = inside('server/sandbox/bubblewrap.ts', /FIRST_UID = ([\d_]+)/);
const link = (kind: string): string => inside('server/people/links.ts', new RegExp(`${kind}: (\\d+) \\*`));
const points = inside('server/store/sqlite/lives.ts', /POINTS = (\d+)/);
const mode = (name: string): string =>
  inside('server/store/sqlite/folder.ts', new RegExp(`${name} = 0o(\\d+)`));

describe('the page for the security department', () => {
  test.each([
    [`${CONNECTIONS_AT_ONCE} 本`, `${CONNECTIONS_AT_ONCE} connections at once`],
    [`1 分に ${CONNECTIONS_PER_MINUTE} 本`, `${CONNECTIONS_PER_MINUTE} a minute`],
    [`毎秒 ${BYTES_PER_SECOND / MIB} MiB`, `${BYTES_PER_SECOND / MIB} MiB a second`],
    [`最近の ${SHOWN_CONNECTIONS} 件`, `the last ${SHOWN_CONNECTIONS}`],
    [`開けるファイルは ${openFiles} まで`, `at most ${openFiles} files`],
    [`${firstUid} 番から`, `from ${firstUid} on`],
    [`ごとに ${SCROLLBACK_BYTES / MIB} MiB まで`, `at most ${SCROLLBACK_BYTES / MIB} MiB each`],
    [`ブラウザは ${SESSION_LIFE_MS / DAY_MS} 日`, `remembered for ${SESSION_LIFE_MS / DAY_MS} days`],
    [`持ち主のリンクは ${link('owner')} 分`, `owner’s link lives ${link('owner')} minutes`],
    [`部屋のリンクは ${link("'room-take-part'")} 日`, `room’s ${link("'room-take-part'")} days`],
    [`チームのリンクは ${link('team')} 日`, `team’s ${link('team')} days`],
    [`1 つの挑戦に ${points} つまで`, `at most ${points} of an attempt`],
    [`フォルダーは 0${mode('FOLDER_MODE')}`, `mode 0${mode('FOLDER_MODE')}`],
    [`ファイルは 0${mode('FILE_MODE')}`, `files 0${mode('FILE_MODE')}`],
  ])('SEC-1 says 「%s」, “%s”, as the code does', (japanese, english) => {
    expect(ja.body).toContain(japanese);
    expect(en.body).toContain(english);
  });

  test('SEC-2 names each wall that doctor tries, once, in both languages', () => {
    const outside: Outside = { uid: 1, gid: 1, groups: '', capabilities: {}, namespaces: {}, limits: {} };
    const nothing: Inside = {
      ...{
        status: {},
        namespaces: {},
        calls: {},
        vsock: '',
        written: {},
        read: {},
        devices: [],
        processes: [],
      },
      ...{ interfaces: [], reached: {}, environment: [], descriptors: [], agent: '', core: 0, opened: 0 },
      ...{ sizes: {}, forked: 0 },
    };
    const seen = { inside: nothing, memory: null, outside, neighbour: outside, left: 0 };
    const walls = [...isolation(seen, true), ...limits(seen)].map(({ id }) => id);
    for (const { body } of [ja, en]) {
      const lastCells = body.split('\n').flatMap((line) => /\|([^|]*)\|$/.exec(line)?.[1] ?? []);
      const named = lastCells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]));
      expect(named.filter((name) => name !== 'egress').sort()).toEqual([...walls].sort());
    }
  });

  test('SEC-3 says the same in both languages, of settings and commands that there are', () => {
    const shape = (body: string) => ({
      headings: body.split('\n').filter((line) => line.startsWith('#')).length,
      rows: body.split('\n').filter((line) => line.startsWith('|')).length,
      items: body.split('\n').filter((line) => /^(-|\d+\.) /.test(line)).length,
      code: [...body.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]).sort(),
      commands: [...body.matchAll(/^npm .*$/gm)].map(([line]) => line),
    });
    expect(shape(en.body)).toEqual(shape(ja.body));
    const settings = [...ja.body.matchAll(/DOJOU_[A-Z_]+/g)].map(([name]) => name);
    expect(Object.keys(VARIABLES)).toEqual(expect.arrayContaining(settings));
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = shape(ja.body).commands.map((line) => line.split(' ')[2] ?? '');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  test('SEC-3 is written in short sentences and in the words of the glossary', () => {
    const glossary = readGlossary();
    for (const { body, lang } of [ja, en]) expect(avoidedWords(body, lang, glossary)).toEqual([]);
    expect(sentences(ja).filter((sentence) => countJi(sentence) > 90)).toEqual([]);
  });
});
