import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Log = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

/** Paths whose values never reach a log, whoever logs them by mistake. */
const SECRETS = [
  'secret',
  'token',
  'cookie',
  'authorization',
  'SecretAccessKey',
  'SessionToken',
  '*.secret',
  '*.token',
  '*.cookie',
  '*.authorization',
  '*.SecretAccessKey',
  '*.SessionToken',
];

/** JSON lines on standard output; `level` is one of pino's. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = { level, base: null, redact: { paths: SECRETS, censor: '[hidden]' } };
  return destination ? pino(options, destination) : pino(options);
}

/** For tests that look at behaviour, not at the log. */
export const silentLog: Log = pino({ level: 'silent' });
