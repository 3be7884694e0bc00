/** Control groups of both versions, as folders that look like them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Meter } from '../../../server/sandbox/meter.ts';

const MIB = 1024 * 1024;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dojou-groups-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function group(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const versions = {
  'version 1': () => [
    group('memory', {
      'memory.usage_in_bytes': `${50 * MIB}\n`,
      'memory.stat': `cache 1\ninactive_file 7\ntotal_inactive_file ${8 * MIB}\n`,
      'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n',
    }),
    group('pids', { 'pids.current': '9\n', 'pids.events': 'max 0\n' }),
    group('cpu', { 'cpu.shares': '256\n' }),
    group('cpuacct', { 'cpuacct.usage': '1500000000\n' }),
  ],
  'version 2': () => [
    group('unified', {
      'memory.current': `${50 * MIB}\n`,
      'memory.stat': `anon 1\ninactive_file ${8 * MIB}\n`,
      'memory.events': 'low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\noom_group_kill 0\n',
      'pids.current': '9\n',
      'pids.events': 'max 0\n',
      'cpu.stat': 'usage_usec 1500000\nuser_usec 1\nsystem_usec 1\n',
    }),
  ],
};

describe.each(Object.entries(versions))('a meter on control groups of %s', (_, folders) => {
  it('SBX-30 reads what is used, without what the kernel only keeps', () => {
    using meter = new Meter(folders());
    expect(meter.usage()).toEqual({ memoryBytes: 42 * MIB, tasks: 9, cpuMs: 1500 });
  });

  it('SBX-31 counts kills and refused forks anew at each look', () => {
    const paths = folders();
    using meter = new Meter(paths);
    expect(meter.hits()).toEqual({ memory: 0, processes: 0 });
    const [first = '', second = first] = paths;
    const oom = paths.length > 1 ? 'memory.oom_control' : 'memory.events';
    writeFileSync(join(first, oom), 'oom 4\noom_kill 2\n');
    writeFileSync(join(second, 'pids.events'), 'max 17\n');
    expect(meter.hits()).toEqual({ memory: 2, processes: 17 });
  });
});

it('SBX-30 what no group counts is null, and a meter of nothing hits nothing', () => {
  using meter = new Meter([group('empty', {})]);
  expect(meter.usage()).toEqual({ memoryBytes: null, tasks: null, cpuMs: null });
  expect(meter.hits()).toEqual({ memory: 0, processes: 0 });
});
