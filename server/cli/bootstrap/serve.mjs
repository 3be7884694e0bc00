/** Stands between npm and the server as if it were not there: same terminal, same signals, same exit code. */
import { spawn } from 'node:child_process';
import { environment } from './node.mjs';
import { ENDING, exitCode } from './run.mjs';

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} root
 * @returns {Promise<number>} the exit code
 */
export function serve(node, args, root) {
  return new Promise((done, failed) => {
    const server = spawn(node, args, { cwd: root, env: environment(root), stdio: 'inherit' });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      // Ctrl-C reaches the server from the terminal itself; twice would mean that the person is in a hurry.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) server.kill(signal);
    };
    for (const signal of ENDING) process.on(signal, pass);
    server.on('error', failed);
    server.on('close', (code, signal) => {
      for (const ending of ENDING) process.off(ending, pass);
      done(exitCode(code, signal));
    });
  });
}
