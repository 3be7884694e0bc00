/** The environment of a sandbox, built from nothing: no variable of the server's ever gets in. */

export const HOME = '/home/learner';
export const USER = 'learner';
export const HOST = 'dojou';

const BASE: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME,
  USER,
  LOGNAME: USER,
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** These make every program load or run something else, the agent included. */
const LOADER = /^(LD_|PYTHON|BASH_ENV$|ENV$|GCONV_PATH$|GLIBC_TUNABLES$)/;

/** The base and a lab's own variables; throws a sentence for a name or value that cannot be one. */
export function buildEnvironment(added: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(added)) {
    if (!NAME.test(name) || LOADER.test(name)) throw new Error(`"${name}" may not be set in a sandbox`);
    if (value.includes('\0')) throw new Error(`the value of "${name}" contains a NUL character`);
  }
  return { ...BASE, ...added };
}
