import type { Service } from '../../../labs/schema.ts';
import { HOME } from '../../sandbox/environment.ts';
import type { SandboxFile } from '../../sandbox/sandbox.ts';
import { HEALTH_AGENT } from './health.ts';
import { NGINX } from './host-programs.ts';
import { type LabFiles, labFile, type Program } from './program.ts';

type Facts = Extract<Service['run'], { nginx: unknown }>['nginx'];

/** Relative paths of the lab's configuration start here. */
const SITE = `${HOME}/site`;
const MAIN = `${HOME}/nginx.conf`;

const TYPES: Readonly<Record<string, string>> = {
  'text/html': 'html htm',
  'text/css': 'css',
  'text/plain': 'txt log md',
  'text/javascript': 'js mjs',
  'application/json': 'json',
  'application/xml': 'xml',
  'application/pdf': 'pdf',
  'application/wasm': 'wasm',
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/x-icon': 'ico',
  'font/woff2': 'woff2',
};

/** nginx with the lab's `server` blocks, as a file below sites-enabled would hold them. */
export function nginxProgram({ config, files }: Facts, labFiles: LabFiles): Program {
  const given = [config, ...files].map(
    (path): SandboxFile => ({ path: `${SITE}/${path}`, content: labFile(labFiles, path) }),
  );
  return {
    argv: [NGINX, '-p', `${SITE}/`, '-e', 'stderr', '-c', MAIN],
    files: [{ path: MAIN, content: main(`${SITE}/${config}`) }, ...given],
    home: () => Promise.resolve(null),
    prepare: () => Promise.resolve(),
    answers: () => Promise.resolve(true),
  };
}

/** What Debian's build would look for in /etc and write below /var, in the home and /tmp instead. */
function main(config: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'daemon off;',
    'worker_processes 1;',
    'pid /tmp/nginx.pid;',
    'error_log stderr;',
    'events { worker_connections 256; }',
    'http {',
    ...temporary.map((kind) => `  ${kind}_temp_path /tmp/nginx-${kind};`),
    // Our own looks would soon be all that its log holds.
    `  map $http_user_agent $theirs { default 1; ${HEALTH_AGENT} 0; }`,
    '  access_log /dev/stdout combined if=$theirs;',
    '  default_type application/octet-stream;',
    `  types { ${Object.entries(TYPES)
      .map(([type, endings]) => `${type} ${endings};`)
      .join(' ')} }`,
    `  include ${config};`,
    '}',
    '',
  ].join('\n');
}
