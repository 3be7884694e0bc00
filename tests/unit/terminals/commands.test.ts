import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node-pty';
import { describe, expect, it } from 'vitest';
import { Commands } from '../../../server/terminals/commands.ts';
import type { Command } from '../../../server/terminals/mirror-messages.ts';
import { openMirrorScreen } from '../../../server/terminals/mirror-screen.ts';
import { until } from '../../support/until.ts';

const RCFILE = join(process.cwd(), 'server/sandbox/inside/bashrc');

const A = '\x1b]133;A\x07';
const B = '\x1b]133;B\x07';
const C = '\x1b]133;C\x07';
const D = (code: number) => `\x1b]133;D;${code}\x07`;
const PROMPT = `${A}$ ${B}`;

function follow(cols = 40, rows = 8) {
  const screen = openMirrorScreen(cols, rows);
  const told: Command[] = [];
  const commands = new Commands(screen.terminal, (command) => told.push(command));
  const print = (output: string | Uint8Array) => {
    screen.parse(output);
    commands.flush();
  };
  return { print, told, screen, list: () => commands.list(), last: () => commands.list().at(-1) };
}

/** What a shell with our marks prints of one command. */
const ran = (line: string, output: string, code = 0) => `${PROMPT}${line}\r\n${C}${output}${D(code)}`;

describe('commands', () => {
  it('TERM-13 have number, line, output and exit code, and are told when they begin and end', () => {
    const { print, told, list } = follow();
    print(`${PROMPT}ls\r\n${C}`);
    expect(told).toMatchObject([{ n: 1, line: 'ls', output: '', state: { status: 'running' } }]);
    print(`one  \r\n\x1b[31mtwo\x1b[m\r\n${D(0)}${PROMPT}false\r\n${C}${D(1)}`);
    expect(told.slice(1)).toMatchObject([
      { n: 1, line: 'ls', output: 'one\ntwo', truncated: false, state: { status: 'done', exit: 0 } },
      { n: 2, line: 'false', output: '', state: { status: 'done', exit: 1 } },
    ]);
    expect(list()).toEqual(told.slice(1));
  });

  it('TERM-13 join what was wrapped, and show what the screen showed', () => {
    const { print, last } = follow(10, 5);
    print(ran('x', 'ああああああ 123456789012345\r\nloading 1%\rloading 100%\r\nno end'));
    expect(last()?.output).toBe('ああああああ 123456789012345\nloading 100%\nno end');
  });

  it('TERM-13 keep the last 200 lines and 16 KiB of an output, also beyond the scrollback', () => {
    const { print, last } = follow(80, 24);
    const lines = (count: number, text = '') => Array.from({ length: count }, (_, i) => `${i}${text}`);
    print(ran('seq', `${lines(300).join('\r\n')}\r\n`));
    expect(last()?.output.split('\n')).toEqual(lines(300).slice(100));
    expect(last()?.truncated).toBe(true);
    print(ran('seq', `${lines(3000).join('\r\n')}\r\n`));
    expect(last()?.output.split('\n')).toEqual(lines(3000).slice(2800));
    expect(last()?.truncated).toBe(true);
    print(ran('wide', `${lines(150, '土'.repeat(60)).join('\r\n')}\r\n`));
    expect(Buffer.byteLength(last()?.output ?? '')).toBeLessThanOrEqual(16 * 1024);
    expect(last()?.output.endsWith(`149${'土'.repeat(60)}`)).toBe(true);
    expect(last()?.truncated).toBe(true);
  });

  it('TERM-13 leave of a full-screen program only the fact', () => {
    const { print, last } = follow();
    print(ran('vim', '\x1b[?1049h\x1b[2J\x1b[Htext of a file\x1b[?1049l'));
    expect(last()).toMatchObject({ line: 'vim', output: '', fullScreen: true });
    print(ran('ls', 'x\r\n'));
    expect(last()).toMatchObject({ line: 'ls', output: 'x', fullScreen: false });
  });

  it('TERM-13 begin again where the screen was cleared', () => {
    const { print, last } = follow();
    print(ran('a', 'x\r\n'.repeat(5)) + ran('clear', '\x1b[H\x1b[2J\x1b[3J'));
    expect(last()).toMatchObject({ line: 'clear', output: '' });
    print(ran('b', 'before\r\n\x1b[H\x1b[2Jafter\r\n'));
    expect(last()).toMatchObject({ line: 'b', output: 'after' });
  });

  it('TERM-13 are none for ^C at the prompt, an empty line, a prompt drawn again', () => {
    const { print, list } = follow();
    print(`${PROMPT}abc^C\r\n${D(130)}${PROMPT}\r\n${D(0)}${PROMPT}l\r\x1b[K${PROMPT}ls\r\n`);
    expect(list()).toEqual([]);
    print(`${C}x\r\n${D(0)}`);
    expect(list()).toMatchObject([{ n: 1, line: 'ls', output: 'x' }]);
  });

  it('TERM-13 have the line that the shell says, else the one that is to be seen', () => {
    const { print, list } = follow();
    print(`${PROMPT}!!\r\necho a%3Bb\r\n\x1b]133;C;cmdline_url=echo 'x%3By'%0Adone\x07${D(0)}`);
    print(`${PROMPT}echo ${'y'.repeat(60)}\r\n${C}${D(0)}`);
    print(`${PROMPT}bad\r\n\x1b]133;C;cmdline_url=%E3%81\x07${D(0)}`);
    expect(list().map(({ line }) => line)).toEqual(["echo 'x;y'\ndone", `echo ${'y'.repeat(60)}`, 'bad']);
  });

  it('TERM-13 of a shell in a shell end before the one that started it', () => {
    const { print, list } = follow();
    const prompt = (shell: number) => `\x1b]133;A;aid=${shell}\x07$ ${B}`;
    print(`${prompt(1)}bash\r\n${C}${prompt(2)}ls\r\n${C}x\r\n${D(0)}${prompt(2)}\r\n${D(0)}${prompt(2)}`);
    expect(list()).toMatchObject([
      { line: 'bash', state: { status: 'running' } },
      { line: 'ls', output: 'x', state: { status: 'done', exit: 0 } },
    ]);
    print(`exit 3\r\n${C}exit\r\n${D(3)}${prompt(1)}pwd\r\n${C}/\r\n${D(0)}`);
    expect(list().map(({ line, state }) => [line, state])).toEqual([
      ['bash', { status: 'done', exit: 3 }],
      ['ls', { status: 'done', exit: 0 }],
      ['exit 3', { status: 'done', exit: 3 }],
      ['pwd', { status: 'done', exit: 0 }],
    ]);
  });

  it('TERM-13 of a shell that is gone end when another takes its place', () => {
    const { print, list } = follow();
    const prompt = (shell: number, level: number) => `\x1b]133;A;aid=${shell};level=${level}\x07$ ${B}`;
    print(`${prompt(1, 1)}bash\r\n${C}${prompt(2, 2)}exec sleep 9\r\n${C}`);
    expect(list().map(({ state }) => state.status)).toEqual(['running', 'running']);
    print(`\r\n${prompt(3, 1)}ls\r\n${C}x\r\n${D(0)}`);
    expect(list().map(({ line, state }) => [line, state])).toEqual([
      ['bash', { status: 'done', exit: null }],
      ['exec sleep 9', { status: 'done', exit: null }],
      ['ls', { status: 'done', exit: 0 }],
    ]);
  });

  it('TERM-18 are all told to have ended, however many a lot of output holds', () => {
    const { print, told } = follow();
    print(`${PROMPT}first\r\n${C}`);
    const many = Array.from({ length: 12 }, (_, i) => ran(`c${i}`, 'x\r\n')).join('');
    print(`${D(0)}${many}${PROMPT}last\r\n${C}`);
    const ends = told.filter(({ state }) => state.status === 'done').map(({ n }) => n);
    expect(ends).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
    expect(told.at(-1)).toMatchObject({ n: 14, line: 'last', state: { status: 'running' } });
    expect(told.filter(({ state }) => state.status === 'running').map(({ n }) => n)).toEqual([1, 14]);
  });

  it('TERM-18 end for who was told that they run, whatever ended after them', () => {
    const { print, told } = follow(80, 24);
    print(`${PROMPT}first\r\n${C}`);
    const long = `${'y'.repeat(70)}\r\n`.repeat(300);
    print(D(3) + ran('long', long).repeat(100));
    expect(told[1]).toMatchObject({ n: 1, state: { status: 'done', exit: 3 } });
    const ends = told.slice(1);
    expect(ends.length).toBe(50);
    expect(ends.at(-1)).toMatchObject({ n: 101, output: expect.stringMatching(/^y+/) });
    expect(ends.reduce((sum, { output }) => sum + output.length, 0)).toBeLessThanOrEqual(128 * 1024);
  });

  it('TERM-13 are bounded, whatever marks a program prints', () => {
    const { print, list, told } = follow();
    for (let i = 0; i < 40; i += 1) print(`${C}${A}${B}${D(7)}`.repeat(1000));
    for (let i = 0; i < 40; i += 1) print(`\x1b]133;A;aid=${i}\x07${C}`);
    for (const mark of [
      '',
      ';',
      'D;x',
      'D;99999',
      'C;cmdline_url=%',
      `C;cmdline_url=${'x'.repeat(99_999)}`,
      `A;aid=${'y'.repeat(9999)}`,
      'Z',
    ]) {
      print(`\x1b]133;${mark}\x07`);
    }
    expect(list().length).toBeLessThanOrEqual(50);
    expect(list().filter(({ state }) => state.status === 'running').length).toBeLessThanOrEqual(16);
    expect(told.length).toBeLessThan(80 * 66);
    expect(Math.max(...list().map(({ line }) => line.length))).toBeLessThanOrEqual(4096);
    print(ran('ls', 'x\r\n'));
    expect(list().at(-1)).toMatchObject({ line: 'ls', output: 'x' });
  });
});

describe('commands of our own shell', () => {
  const typed = async (keys: readonly string[], cols = 60) => {
    const home = await mkdtemp(join(tmpdir(), 'dojou-commands-'));
    const followed = follow(cols, 20);
    const env = { HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', PATH: '/usr/bin:/bin' };
    const args = ['--noprofile', '--rcfile', RCFILE, '-i'];
    const pty = spawn('/bin/bash', args, { name: env.TERM, cols, rows: 20, cwd: home, env, encoding: null });
    let seen = '';
    pty.onData((data) => {
      followed.print(data);
      seen += data.toString('latin1');
    });
    try {
      for (const key of keys) {
        const from = seen.lastIndexOf('\x1b]133;B');
        await until(() => seen.indexOf('\x1b]133;B', from) >= 0);
        seen = '';
        pty.write(Buffer.from(key));
        if (key.endsWith('\r') || key.endsWith('\x03')) await until(() => seen.includes('\x1b]133;B'));
      }
      return followed.list();
    } finally {
      pty.kill('SIGHUP');
      await rm(home, { recursive: true, force: true });
    }
  };

  it('TERM-13 are read exactly, however they were typed', async () => {
    const commands = await typed([
      'echo "a;b" 100% 土壌\r',
      '\x1b[A\x01\x1b[3~\x1b[3~\x1b[3~\x1b[3~printf\x05 x\r',
      'abc\x03',
      '(exit 3)\r',
      'echo $?\r',
      'for i in 1 2; do\necho $i\ndone\r',
      `echo ${'long '.repeat(30)}\r`,
      'bash --norc -c "echo in"\r',
      `bash --rcfile ${RCFILE}\r`,
      'echo inner\r',
      'exit 5\r',
      'HISTCONTROL=ignorespace\r',
      ' echo secret\r',
    ]);
    expect(
      commands.map(({ line, output, state }) => [line, output, 'exit' in state ? state.exit : null]),
    ).toEqual([
      ['echo "a;b" 100% 土壌', 'a;b 100% 土壌', 0],
      ['printf "a;b" 100% 土壌 x', 'a;b', 0],
      ['(exit 3)', '', 3],
      ['echo $?', '3', 0],
      [expect.stringMatching(/^for i in 1 2;\s*do\s+echo \$i;?\s+done$/), '1\n2', 0],
      [`echo ${'long '.repeat(30).trim()}`, 'long '.repeat(30).trim(), 0],
      ['bash --norc -c "echo in"', 'in', 0],
      [`bash --rcfile ${RCFILE}`, expect.stringContaining('echo inner'), 5],
      ['echo inner', 'inner', 0],
      ['exit 5', 'exit', 5],
      ['HISTCONTROL=ignorespace', '', 0],
      ['echo secret', 'secret', 0],
    ]);
  });
});
