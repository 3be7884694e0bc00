import type { Service } from '../../../labs/schema.ts';
import { HOME } from '../../sandbox/environment.ts';
import type { ExecResult, Sandbox } from '../../sandbox/sandbox.ts';
import { postgresPrograms } from './host-programs.ts';
import { ADMIN, DATA, hostBasedAccess, serverArguments, setUp } from './postgres-settings.ts';
import type { PostgresTemplate } from './postgres-template.ts';
import { type LabFiles, labFile, type Program, Unusable } from './program.ts';

/** LABS.md: what a lab sets up takes ten seconds at most. */
const SET_UP_MS = 10_000;
const QUERY_MS = 5_000;
const OUTPUT_BYTES = 8192;

type Facts = Extract<Service['run'], { postgres: unknown }>['postgres'];

export function postgresProgram(
  { database, password, sql }: Facts,
  port: number,
  labFiles: LabFiles,
  template: PostgresTemplate,
): Program {
  const programs = postgresPrograms();
  if (programs === null) throw new Unusable('this machine has no PostgreSQL');
  const script = sql === undefined ? '' : Buffer.from(labFile(labFiles, sql)).toString('utf8');
  const psql = (
    sandbox: Sandbox,
    options: readonly string[],
    stdin: string,
    timeoutMs: number,
  ): Promise<ExecResult> =>
    sandbox.exec({
      argv: [
        `${programs}/psql`,
        '-X',
        '-q',
        '-A',
        '-t',
        '-h',
        HOME,
        '-p',
        String(port),
        '-U',
        ADMIN,
        ...options,
      ],
      stdin: Buffer.from(stdin),
      timeoutMs,
      maxBytes: OUTPUT_BYTES,
    });
  return {
    argv: serverArguments(programs, port),
    files: [{ path: `${DATA}/pg_hba.conf`, content: hostBasedAccess(database), mode: 0o600 }],
    home: () => template.home(programs),
    async prepare(sandbox) {
      const text = setUp({ role: database, password, sql: script });
      const done = await psql(sandbox, ['-d', 'template1', '-f', '-'], text, SET_UP_MS);
      if (done.timedOut) throw new Unusable(`the SQL of the lab takes longer than ${SET_UP_MS / 1000} s`);
      if (done.code !== 0)
        throw new Unusable(`the SQL of the lab: ${Buffer.from(done.stderr).toString('utf8')}`);
    },
    async answers(sandbox) {
      const { code } = await psql(sandbox, ['-d', database, '-c', 'SELECT 1'], '', QUERY_MS);
      return code === 0;
    },
  };
}
