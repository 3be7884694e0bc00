/** The limit of the stack: bwrap with nothing but the walls that it makes itself, and a bash in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const ARGUMENTS = [
  ...['--unshare-all', '--die-with-parent', '--clearenv', '--ro-bind', '/usr', '/usr'],
  ...['bin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
  ...[
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    '--setenv',
    'PS1',
    'ready',
    '--setenv',
    'TERM',
    'dumb',
  ],
  ...['/bin/bash', '--norc', '--noprofile', '-i'],
];

/** From the call to the prompt of its bash, through a pipe, ms. */
export async function bareMs(): Promise<number> {
  const begun = performance.now();
  const child = spawn('/usr/bin/bwrap', ARGUMENTS, { stdio: ['pipe', 'ignore', 'pipe'], env: {} });
  let said = '';
  for await (const chunk of child.stderr) {
    said += String(chunk);
    if (said.includes('ready')) break;
  }
  const ms = performance.now() - begun;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  if (!said.includes('ready')) throw new Error(`bwrap does not start here: ${said}`);
  return ms;
}
