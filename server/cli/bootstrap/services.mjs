/** Servers that labs run in sandboxes: installed without a daemon of the host coming with them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './run.mjs';

const POSTGRES_VERSIONS = '/usr/lib/postgresql';

/** @type {Readonly<Record<'postgres' | 'nginx', import('./system.mjs').Program>>} */
export const SERVERS = {
  postgres: {
    package: 'postgresql',
    file: POSTGRES_VERSIONS,
    found: () =>
      existsSync(POSTGRES_VERSIONS) &&
      readdirSync(POSTGRES_VERSIONS).some((version) =>
        existsSync(join(POSTGRES_VERSIONS, version, 'bin/postgres')),
      ),
    ja: 'ラボの横で動くデータベース',
    en: 'the database beside a lab',
  },
  nginx: {
    package: 'nginx',
    file: '/usr/sbin/nginx',
    ja: 'ラボの横で動くウェブサーバー',
    en: 'the web server beside a lab',
  },
};

/**
 * The servers that labs of this clone ask for, each with the labs that do. Call it once the packages are
 * there: it reads lab.yaml.
 * @param {string} root
 * @returns {Promise<readonly import('./system.mjs').Program[]>}
 */
export async function serversOfLabs(root) {
  const { parse } = await import('yaml');
  const folder = join(root, 'labs');
  /** @type {Map<'postgres' | 'nginx', string[]>} */
  const wanted = new Map();
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    const file = join(folder, name, 'lab.yaml');
    const facts = existsSync(file) ? parse(readFileSync(file, 'utf8')) : null;
    for (const service of facts?.services ?? []) {
      for (const kind of /** @type {const} */ (['postgres', 'nginx'])) {
        if (service?.run?.[kind] === undefined) continue;
        wanted.set(kind, [...new Set([...(wanted.get(kind) ?? []), name])]);
      }
    }
  }
  return [...wanted].map(([kind, labs]) => {
    const { ja, en, ...server } = SERVERS[kind];
    return { ...server, ja: `${ja}: ${labs.join(', ')}`, en: `${en}: ${labs.join(', ')}` };
  });
}

/** Where Debian's packages ask before they start something. */
const HOST = { policy: '/usr/sbin/policy-rc.d', clusters: '/etc/postgresql-common/createcluster.conf' };
const DENY =
  '#!/bin/sh\n# Dojou is installing packages: nothing of theirs is started. It goes when that is done.\nexit 101\n';

/**
 * Runs `install` so that no package starts a daemon or makes a database of its own. Files that are there
 * already are the host's, and stay as they are.
 * @template T
 * @param {() => Promise<T>} install
 * @returns {Promise<T>}
 */
export async function withoutDaemons(install, { policy, clusters } = HOST) {
  if (!existsSync(clusters)) {
    mkdirSync(dirname(clusters), { recursive: true });
    writeFileSync(clusters, 'create_main_cluster = false\n');
  }
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, DENY, { mode: 0o755 });
  try {
    return await install();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

/** Debian starts its nginx with the machine; one that we have installed is for sandboxes alone. */
export async function keepFromStarting() {
  if (existsSync('/usr/sbin/update-rc.d')) await run('/usr/sbin/update-rc.d', ['nginx', 'disable'], {});
}
