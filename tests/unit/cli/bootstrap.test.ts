import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { installDependencies, installedAlready } from '../../../server/cli/bootstrap/dependencies.mjs';
import { takeLock } from '../../../server/cli/bootstrap/lock.mjs';
import { run, withoutHosts } from '../../../server/cli/bootstrap/run.mjs';
import { serversOfLabs, withoutDaemons } from '../../../server/cli/bootstrap/services.mjs';
import { buildSite, stampOf } from '../../../server/cli/bootstrap/site.mjs';
import { commandFor, FOR_SHELLS } from '../../../server/cli/bootstrap/system.mjs';
import { countOf } from '../../support/runner/vitest.mjs';

const START = new URL('../../../server/cli/start.mjs', import.meta.url).pathname;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dojou-bootstrap-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text, { mode: 0o755 });
}

describe('packages', () => {
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': { version: '0' },
        'node_modules/a': { version, integrity: 'sha512-a' },
        'node_modules/elsewhere': { version: '1', integrity: 'sha512-e', optional: true },
      },
    });
  const record = JSON.stringify({ packages: { 'node_modules/a': { version: '1', integrity: 'sha512-a' } } });

  test('START-1 what npm recorded is compared with what the lockfile asks for', () => {
    expect(installedAlready(root, lock('1'))).toBe(false);
    write('node_modules/.package-lock.json', record);
    expect(installedAlready(root, lock('1'))).toBe(true);
    expect(installedAlready(root, lock('2'))).toBe(false);
  });

  test('START-1 npm ci runs once per lockfile, without install scripts', async () => {
    write('bin/npm', '#!/bin/sh\necho "$@" >> npm-calls\nmkdir -p node_modules\n');
    vi.stubEnv('PATH', `${join(root, 'bin')}:${process.env.PATH}`);
    write('package-lock.json', lock('1'));
    await installDependencies(root);
    await installDependencies(root);
    expect(readFileSync(join(root, 'npm-calls'), 'utf8')).toBe('ci --ignore-scripts\n');
    write('package-lock.json', lock('2'));
    await installDependencies(root);
    expect(readFileSync(join(root, 'npm-calls'), 'utf8')).toBe('ci --ignore-scripts\n'.repeat(2));
    write('node_modules/.package-lock.json', record);
    write('package-lock.json', lock('1'));
    await installDependencies(root);
    expect(readFileSync(join(root, 'npm-calls'), 'utf8')).toBe('ci --ignore-scripts\n'.repeat(2));
    vi.unstubAllEnvs();
  });
});

test('START-2 the command that installs what is missing names each package', () => {
  expect(commandFor(FOR_SHELLS)).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends bubblewrap awscli python3 less ca-certificates',
  );
});

describe('servers of labs', () => {
  test('START-11 are asked for when a lab needs them, which is named', async () => {
    write('labs/plain/lab.yaml', 'id: plain\n');
    write('labs/AUTHORING.md', '');
    expect(await serversOfLabs(root)).toEqual([]);
    for (const lab of ['one', 'two']) {
      write(`labs/${lab}/lab.yaml`, 'services: [{ run: { postgres: {} } }, { run: { command: {} } }]\n');
    }
    const [server, ...rest] = await serversOfLabs(root);
    expect(rest).toEqual([]);
    expect(server?.package).toBe('postgresql');
    expect(server?.ja).toMatch(/one, two$/);
    expect(server?.en).toMatch(/one, two$/);
  });

  test('START-11 come without a daemon or a database of their own, and without a trace of how', async () => {
    const host = { policy: join(root, 'sbin/policy-rc.d'), clusters: join(root, 'etc/createcluster.conf') };
    mkdirSync(join(root, 'sbin'));
    const during = () => {
      const { status } = spawnSync(host.policy, ['nginx', 'start']);
      return Promise.resolve([status, readFileSync(host.clusters, 'utf8')]);
    };
    expect(await withoutDaemons(during, host)).toEqual([101, 'create_main_cluster = false\n']);
    expect(existsSync(host.policy)).toBe(false);
    await expect(withoutDaemons(() => Promise.reject(new Error('apt')), host)).rejects.toThrow('apt');
    expect(existsSync(host.policy)).toBe(false);
  });

  test('START-11 change nothing that the host has settled itself', async () => {
    write('sbin/policy-rc.d', '#!/bin/sh\nexit 0\n');
    write('etc/createcluster.conf', 'create_main_cluster = true\n');
    const host = { policy: join(root, 'sbin/policy-rc.d'), clusters: join(root, 'etc/createcluster.conf') };
    await withoutDaemons(() => Promise.resolve(), host);
    expect(readFileSync(host.policy, 'utf8')).toContain('exit 0');
    expect(readFileSync(host.clusters, 'utf8')).toContain('true');
  });
});

describe('the site', () => {
  test('START-3 the stamp changes with every source, and with nothing else', () => {
    write('src/pages/index.astro', 'a');
    const before = stampOf(root);
    write('tests/other.ts', 'x');
    expect(stampOf(root)).toBe(before);
    write('labs/new/lab.yaml', 'x');
    const added = stampOf(root);
    expect(added).not.toBe(before);
    utimesSync(join(root, 'src/pages/index.astro'), 1, 1);
    expect(stampOf(root)).not.toBe(added);
  });

  test('START-3 a failed build leaves the last site as it was', async () => {
    write('src/page', 'one');
    write('node_modules/.bin/node', '#!/bin/sh\ncp src/page "$4"\n');
    await buildSite(root);
    expect(readFileSync(join(root, 'dist/page'), 'utf8')).toBe('one');
    write('src/page', 'two, longer');
    write('node_modules/.bin/node', '#!/bin/sh\necho half > "$4/page"\nexit 1\n');
    await expect(buildSite(root)).rejects.toThrow('could not be built');
    expect(readFileSync(join(root, 'dist/page'), 'utf8')).toBe('one');
    write('node_modules/.bin/node', '#!/bin/sh\ncp src/page "$4"\n');
    await buildSite(root);
    expect(readFileSync(join(root, 'dist/page'), 'utf8')).toBe('two, longer');
  });
});

describe('the lock', () => {
  test('START-4 the second waits for the first', async () => {
    const path = join(root, 'lock');
    const order: string[] = [];
    const work = async (name: string) => {
      const release = await takeLock(path);
      order.push(`${name} in`);
      await run('true', []);
      order.push(`${name} out`);
      release();
    };
    // A process never waits for itself: another one has to hold the lock.
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { takeLock } from ${JSON.stringify(new URL('../../../server/cli/bootstrap/lock.mjs', import.meta.url).href)};
       const release = await takeLock(${JSON.stringify(path)}); console.log('held');
       process.stdin.once('data', () => { release(); process.exit(); });`,
    ]);
    await new Promise((held) => holder.stdout.once('data', held));
    const second = work('second');
    await vi.waitUntil(() => existsSync(`${path}.${process.pid}`) || order.length > 0);
    expect(order).toEqual([]);
    order.push('first out');
    holder.stdin.write('\n');
    await second;
    expect(order).toEqual(['first out', 'second in', 'second out']);
    expect(existsSync(path)).toBe(false);
  });

  test('START-4 a dead holder, or another process with its number, holds nothing', async () => {
    const path = join(root, 'lock');
    const dead = spawnSync('true');
    for (const holder of [`${dead.pid} 1`, '1 1', '']) {
      writeFileSync(path, holder);
      (await takeLock(path))();
      expect(existsSync(path)).toBe(false);
    }
  });
});

describe('between the caller and the server', () => {
  const serve = (script: string) => {
    const href = new URL('../../../server/cli/bootstrap/serve.mjs', import.meta.url).href;
    const code = `import { serve } from ${JSON.stringify(href)};
      process.exitCode = await serve(process.execPath, ['-e', ${JSON.stringify(script)}], ${JSON.stringify(root)});`;
    return spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  };
  const ended = (child: ReturnType<typeof serve>) => new Promise((done) => child.once('close', done));

  test('START-5 the exit code is the server’s', async () => {
    expect(await ended(serve('process.exit(7)'))).toBe(7);
    expect(await ended(serve('process.kill(process.pid, "SIGKILL")'))).toBe(137);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'START-5 %s reaches the server once',
    async (signal) => {
      const child = serve(
        `let n = 0; process.on('${signal}', () => { n += 1; setTimeout(() => process.exit(40 + n), 100); });
       setInterval(() => {}, 1000); console.log('up');`,
      );
      await new Promise((up) => child.stdout?.once('data', up));
      child.kill(signal);
      expect(await ended(child)).toBe(41);
    },
  );

  test('START-6 an old Node is told so in one sentence, before anything else is read', () => {
    const old = "Object.defineProperty(process, 'versions', { value: { node: '18.19.0' } })";
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(old)}`, START, '--prot'],
      { encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Node 18\.19\.0 では古い.* \/ Node 18\.19\.0 is too old: .*\.\n$/);
  });

  test('START-6 an unknown argument is refused before anything is done', () => {
    const { status, stdout } = spawnSync(process.execPath, [START, '--prot'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stdout).toContain('--skip-system');
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});

test('START-7 hosts of addresses are left out of what a failed program said', async () => {
  const { code, output } = await run('sh', [
    '-c',
    'echo "GET https://packages.example:81/x failed" >&2; exit 3',
  ]);
  expect({ code, output }).toEqual({ code: 3, output: 'GET https://…/x failed\n' });
  expect(withoutHosts('http://a/b https://c')).toBe('http://…/b https://…');
});

describe('the count', () => {
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  });

  test('START-8 tests are counted, and files that could not be read', () => {
    const testResults = [file('passed', 'passed'), file('failed', 'failed'), file('failed')];
    expect(countOf({ numPassedTests: 1, numFailedTests: 1, testResults }, 1)).toEqual({
      passed: 1,
      failed: 2,
    });
  });

  test('START-8 no test, no report, or an error outside of tests is a failure', () => {
    expect(countOf(null, 1)).toEqual({ passed: 0, failed: 1 });
    expect(countOf({ numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0)).toEqual({
      passed: 0,
      failed: 1,
    });
    const testResults = [file('passed', 'passed')];
    expect(countOf({ numPassedTests: 1, numFailedTests: 0, testResults }, 1)).toEqual({
      passed: 1,
      failed: 1,
    });
    expect(countOf({ numPassedTests: 1, numFailedTests: 0, testResults }, 0)).toEqual({
      passed: 1,
      failed: 0,
    });
  });
});
