/** Programs of the system: looked for where the sandbox will see them, installed by apt when root runs us. */
import { existsSync, readdirSync } from 'node:fs';
import { run } from './run.mjs';
import { during, say } from './say.mjs';
import { keepFromStarting, SERVERS, withoutDaemons } from './services.mjs';

/**
 * @typedef {object} Program
 * @property {string} package Debian's name
 * @property {string} file the one place that counts
 * @property {() => boolean} [found] where its place has a version in it
 * @property {string} ja what it is for
 * @property {string} en
 */

/** @type {readonly Program[]} */
export const FOR_SHELLS = [
  { package: 'bubblewrap', file: '/usr/bin/bwrap', ja: 'シェルの隔離', en: 'isolates each shell' },
  {
    package: 'awscli',
    file: '/usr/bin/aws',
    ja: 'ラボで使う aws コマンド',
    en: 'the aws command of the labs',
  },
  {
    package: 'python3',
    file: '/usr/bin/python3',
    ja: 'シェルの中の世話役',
    en: 'the agent inside each shell',
  },
  { package: 'less', file: '/usr/bin/less', ja: '長い出力を読む', en: 'reads long output, also for aws' },
  {
    package: 'ca-certificates',
    file: '/etc/ssl/certs/ca-certificates.crt',
    ja: 'https の相手の確認',
    en: 'checks who is at the other end of https',
  },
];

/** @type {readonly Program[]} */
export const FOR_TESTS = [
  SERVERS.postgres,
  SERVERS.nginx,
  { package: 'chromium', file: '/usr/bin/chromium', ja: '画面のテスト', en: 'tests the pages' },
  {
    package: 'fonts-noto-cjk',
    file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
    ja: '日本語の表示',
    en: 'shows Japanese',
  },
];

const APT = ['-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

/**
 * @param {readonly Program[]} programs
 * @returns {Promise<readonly Program[]>} those that are still missing, after saying how to get them
 */
export async function installPrograms(programs) {
  const missing = programs.filter(isMissing);
  if (missing.length === 0) return [];
  for (const program of missing)
    say(`${program.package} がありません(${program.ja})`, `missing: ${program.en}`);
  if (!existsSync('/usr/bin/apt-get')) {
    say(
      'このマシンには apt-get がないので、上の道具を自分で入れてください',
      'no apt-get here: please install these yourself',
    );
    return missing;
  }
  if (process.getuid?.() !== 0) {
    say('次のコマンドで入ります', 'this command installs what is missing');
    console.log(`      ${commandFor(missing)}`);
    return missing;
  }
  const servers = Object.values(SERVERS).some(({ package: name }) =>
    missing.some((one) => one.package === name),
  );
  await during('apt で入れています', 'installing by apt', () =>
    servers ? withoutDaemons(() => install(missing)) : install(missing),
  );
  if (missing.some((program) => program.package === SERVERS.nginx.package)) await keepFromStarting();
  const left = missing.filter(isMissing);
  if (left.length > 0) {
    say('入りませんでした。次のコマンドで試せます', 'not installed; this command tries again');
    console.log(`      ${commandFor(left)}`);
  }
  return left;
}

/** @param {Program} program */
const isMissing = (program) => !(program.found?.() ?? existsSync(program.file));

/** @param {readonly Program[]} programs */
export function commandFor(programs) {
  const names = programs.map((program) => program.package).join(' ');
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`;
}

/**
 * A machine without package lists, or with old ones, has to fetch them first. Should one package be
 * unknown to this release, the others are still installed.
 * @param {readonly Program[]} programs
 */
async function install(programs) {
  const names = programs.map((program) => program.package);
  if (hasLists() && (await apt(['install', ...APT, ...names]))) return;
  await apt(['update', '-qq']);
  if (await apt(['install', ...APT, ...names])) return;
  for (const name of names) await apt(['install', ...APT, name], explain);
}

function hasLists() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes('_Packages'));
}

/**
 * @param {readonly string[]} args
 * @param {(output: string) => void} failed
 */
async function apt(args, failed = () => {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output } = await run('apt-get', args, { env });
  if (code !== 0) failed(output);
  return code === 0;
}

/** @param {string} output apt names the cause last */
function explain(output) {
  console.log(output.trim().split('\n').slice(-3).join('\n'));
}
