/** Runs one program after another; none outlives the bootstrap when a signal ends it. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const KEPT_LINES = 40; // of a program's output, shown only if it fails

/** Something that the person at the machine has to know, with what the program said. */
export class RunFailed extends Error {
  /**
   * @param {string} ja
   * @param {string} en
   * @param {string} output
   */
  constructor(ja, en, output = '') {
    super(en);
    this.ja = ja;
    this.en = en;
    this.output = output;
  }
}

/**
 * @typedef {object} Ran
 * @property {number} code
 * @property {string} output the last lines of both streams, without the hosts of addresses
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, lines?: number }} [options]
 *   show: output goes to the person; lines: how many are kept
 * @returns {Promise<Ran>}
 */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    });
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString())
        .split('\n')
        .slice(-(options.lines ?? KEPT_LINES))
        .join('\n');
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const forget = endWithUs(child);
    child.on('error', (error) => {
      forget();
      done({ code: 127, output: error.message });
    });
    child.on('close', (code, signal) => {
      forget();
      done({ code: exitCode(code, signal), output: withoutHosts(output) });
    });
  });
}

/**
 * A shell's convention: 128 + n for a program that signal n ended.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCode(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/** @param {import('node:child_process').ChildProcess} child */
function endWithUs(child) {
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.kill(signal);
    process.exit(exitCode(null, signal));
  };
  for (const signal of ENDING) process.on(signal, end);
  return () => {
    for (const signal of ENDING) process.off(signal, end);
  };
}

/** @type {readonly NodeJS.Signals[]} */
export const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Where packages come from is the machine's own business, also in a message that somebody may paste.
 * @param {string} text
 */
export function withoutHosts(text) {
  return text.replace(/(https?:\/\/)[^\s/]+/g, '$1…');
}
