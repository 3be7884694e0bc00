/** How a companion's PostgreSQL is set up. The lab's names stand in it; no secret of the server's does. */
import { HOME } from '../../sandbox/environment.ts';

export const DATA = `${HOME}/data`;
/** No name of a lab has an underscore: these three can never be one of its own. */
export const ADMIN = 'dojou_admin';
const OWNER = 'dojou_owner';

/** Its disk is memory: what is lost with the power is lost with the seat anyway. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: HOME,
  shared_buffers: '16MB',
  max_connections: '20',
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8MB',
  min_wal_size: '2MB',
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  log_line_prefix: '%t ',
};

export function serverArguments(programs: string, port: number): readonly string[] {
  const settings = Object.entries({ ...SETTINGS, port: String(port) });
  return [
    `${programs}/postgres`,
    '-D',
    DATA,
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/**
 * By the port only the application role comes in, and only to its own database. The administrator has no
 * password at all: it is reached by the socket in the companion's home, where no learner is.
 */
export function hostBasedAccess(role: string): string {
  return [
    `local all ${ADMIN} trust`,
    `host ${quote(role)} ${quote(role)} 127.0.0.1/32 scram-sha-256`,
    'local all all reject',
    'host all all all reject',
    '',
  ].join('\n');
}

/** What the administrator runs once; then the lab's own SQL as the owner of the database. */
export function setUp({ role, password, sql }: { role: string; password: string; sql: string }): string {
  const name = quote(role);
  return [
    '\\set ON_ERROR_STOP on',
    `CREATE ROLE ${OWNER} NOLOGIN;`,
    `CREATE ROLE ${name} LOGIN PASSWORD ${literal(password)};`,
    // The owner may give tables to the application role.
    `GRANT ${name} TO ${OWNER};`,
    'REVOKE ALL ON DATABASE template1 FROM PUBLIC;',
    // Renamed rather than made: a copy would take 7 MiB more of memory.
    `ALTER DATABASE postgres RENAME TO ${name};`,
    `ALTER DATABASE ${name} OWNER TO ${OWNER};`,
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC;`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${name};`,
    `\\connect ${name}`,
    `ALTER SCHEMA public OWNER TO ${OWNER};`,
    `GRANT USAGE, CREATE ON SCHEMA public TO ${name};`,
    ...['TABLES', 'SEQUENCES'].map(
      (kind) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER} IN SCHEMA public GRANT ALL ON ${kind} TO ${name};`,
    ),
    `SET SESSION AUTHORIZATION ${OWNER};`,
    sql,
    '',
  ].join('\n');
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
