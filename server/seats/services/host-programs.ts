import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../../../labs/schema.ts';
import type { Missing } from '../../sandbox/sandbox.ts';

export const NGINX = '/usr/sbin/nginx';
const POSTGRES_VERSIONS = '/usr/lib/postgresql';

/** The folder of the newest PostgreSQL's programs; null where there is none. */
export function postgresPrograms(): string | null {
  const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS) : [];
  const folders = versions
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(POSTGRES_VERSIONS, version, 'bin'));
  return (
    folders.find((folder) =>
      ['postgres', 'initdb', 'psql'].every((name) => existsSync(join(folder, name))),
    ) ?? null
  );
}

/** What keeps this service from running on this host, and what to do about it; null when nothing does. */
export function missingFor({ run }: Service, driver: string): Missing | null {
  if (driver === 'process') return NO_COMPANIONS;
  if ('postgres' in run) return postgresPrograms() === null ? NO_POSTGRES : null;
  if ('nginx' in run) return existsSync(NGINX) ? null : NO_NGINX;
  return null;
}

const absent = (name: string, packages: string): Missing => ({
  what: {
    ja: `このマシンに ${name} がないので、このサービスは動きません。`,
    en: `This machine has no ${name}, so this service does not run.`,
  },
  remedy: {
    ja: `${packages} を入れてから、練習環境を開き直してください(npm start は、root なら自分で入れます)。`,
    en: `Install ${packages} and open the seat again; npm start, run by root, installs it by itself.`,
  },
});

const NO_POSTGRES = absent('PostgreSQL', 'postgresql');
const NO_NGINX = absent('nginx', 'nginx');
const NO_COMPANIONS: Missing = {
  what: {
    ja: 'process ドライバーには隔離がないので、シェルの横でサービスを動かせません。',
    en: 'The process driver isolates nothing, so no service can run beside the shell.',
  },
  remedy: {
    ja: 'DOJOU_SANDBOX を外して、bubblewrap ドライバーで始めてください。',
    en: 'Remove DOJOU_SANDBOX and start with the bubblewrap driver.',
  },
};
