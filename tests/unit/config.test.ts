import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  type Config,
  configTable,
  formatProblems,
  type Host,
  originAt,
  type Problem,
  readConfig,
} from '../../server/config.ts';

const GIB = 1024 ** 3;
const computer: Host = {
  root: '/srv/dojou',
  memoryBytes: 8 * GIB,
  readable: (path) => path.endsWith('.pem'),
};
const TLS = { DOJOU_TLS_CERT: '/etc/tls/cert.pem', DOJOU_TLS_KEY: 'key.pem' };

function config(env: Record<string, string>, host: Host = computer): Config {
  const result = readConfig(env, host);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.config;
}

function problems(env: Record<string, string>): readonly Problem[] {
  const result = readConfig(env, computer);
  return result.ok ? [] : result.problems;
}

const refused = (env: Record<string, string>) => problems(env).map((problem) => problem.name);

describe('what is set', () => {
  test('CFG-1 nothing set is a server for this computer alone', () => {
    expect(config({ DOJOU_PORT: '', PATH: '/bin' })).toEqual({
      host: '127.0.0.1',
      port: 8310,
      origin: 'http://localhost:8310',
      secure: false,
      loopbackOnly: true,
      insecureLan: false,
      data: '/srv/dojou/data',
      sandbox: 'bubblewrap',
      tls: null,
      trustProxy: [],
      previewHosts: null,
      logLevel: 'info',
      seats: 8,
      warmSeats: 2,
      idleMs: 900_000,
    });
  });

  test('CFG-1 the port is in the origin, and port 0 is filled in once it is known', () => {
    expect(config({ DOJOU_PORT: '9000' }).origin).toBe('http://localhost:9000');
    expect(originAt(config({ DOJOU_PORT: '0' }), 41_234)).toBe('http://localhost:41234');
    expect(originAt(config({ DOJOU_PORT: '0', DOJOU_URL: 'http://127.0.0.1:81' }), 41_234)).toBe(
      'http://127.0.0.1:81',
    );
  });

  test('PRV-14 the hosts of previews are a pattern, with a port where there is one', () => {
    const hosts = (url: string) => config({ DOJOU_PREVIEW_URL: url }).previewHosts;
    expect(hosts('https://*.Preview.example')).toBe('https://*.preview.example');
    expect(hosts('http://*.localhost:9000/')).toBe('http://*.localhost:9000');
  });

  test('CFG-8 the configuration cannot be changed', () => {
    const frozen = config({ ...TLS, DOJOU_TRUST_PROXY: '1' });
    expect([frozen, frozen.tls, frozen.trustProxy].every(Object.isFrozen)).toBe(true);
  });

  test('CFG-10 seats follow memory, within bounds', () => {
    const withMemory = (memoryBytes: number) => config({}, { ...computer, memoryBytes }).seats;
    expect([0.5, 4, 24, 4096].map((size) => withMemory(size * GIB))).toEqual([1, 4, 24, 100]);
    expect(config({ DOJOU_SEATS: '3' }).seats).toBe(3);
  });
});

describe('what is wrong', () => {
  test.each([
    ['DOJOU_PORT', 'abc'],
    ['DOJOU_PORT', '65536'],
    ['DOJOU_PORT', '-1'],
    ['DOJOU_HOST', 'two words'],
    ['DOJOU_URL', 'dojou.example'],
    ['DOJOU_URL', 'http://localhost:8310/path'],
    ['DOJOU_URL', 'http://me:secret@localhost'],
    ['DOJOU_URL', 'http://0.0.0.0:8310'],
    ['DOJOU_URL', 'ftp://localhost'],
    ['DOJOU_SANDBOX', 'docker'],
    ['DOJOU_TRUST_PROXY', 'yes'],
    ['DOJOU_TRUST_PROXY', '10.0.0.0/33'],
    ['DOJOU_INSECURE_LAN', 'true'],
    ['DOJOU_PREVIEW_URL', 'https://preview.example'],
    ['DOJOU_PREVIEW_URL', 'https://a.*.example'],
    ['DOJOU_PREVIEW_URL', 'https://*.preview.example/path'],
    ['DOJOU_LOG_LEVEL', 'loud'],
    ['DOJOU_SEATS', '0'],
    ['DOJOU_WARM_SEATS', '-1'],
    ['DOJOU_IDLE_MINUTES', '1.5'],
  ])('CFG-2 %s cannot be %s', (name, value) => {
    const [problem, ...rest] = problems({ [name]: value });
    expect(rest).toEqual([]);
    expect(problem?.name).toBe(name);
    for (const sentence of [problem?.ja, problem?.en]) expect(sentence).toContain(value);
    expect(problem?.ja).toMatch(/^DOJOU_[^。]+ので、[^。]+。$/);
    expect(problem?.en).toMatch(/^DOJOU_.+: .+\.$/);
  });

  test('CFG-2 all wrong variables are said at once, each in both languages', () => {
    const found = problems({ DOJOU_PORT: 'x', DOJOU_SEATS: 'y', DOJOU_TLS_CERT: 'a.pem' });
    expect(found.map(({ name }) => name)).toEqual(['DOJOU_PORT', 'DOJOU_SEATS', 'DOJOU_TLS_KEY']);
    const text = formatProblems(found);
    for (const { ja, en } of found) expect(text).toContain(`  ${ja}\n    ${en}`);
  });

  test('CFG-2 a value cannot write to the terminal that shows the message', () => {
    const [problem] = problems({ DOJOU_PORT: `\u{1b}[31m${'9'.repeat(500)}` });
    expect(problem?.ja).not.toContain('\u{1b}');
    expect(problem?.ja.length).toBeLessThan(200);
  });

  test('CFG-3 an unknown name is refused, with the nearest one', () => {
    const [problem] = problems({ DOJOU_PROT: '80' });
    expect(problem?.name).toBe('DOJOU_PROT');
    expect(problem?.ja).toContain('DOJOU_PORT に直すか');
    expect(problem?.en).toContain('did you mean DOJOU_PORT?');
    expect(problems({ DOJOU_COMPLETELY_ELSE: '1' })[0]?.en).toBe(
      'DOJOU_COMPLETELY_ELSE is not a setting: remove it.',
    );
    expect(problems({ DOJOU_TEST_FULL: '1' })).toEqual([]);
  });
});

describe('what fits together', () => {
  const lan = { DOJOU_HOST: '0.0.0.0', DOJOU_URL: 'http://dojou.lan:8310' };
  const https = { DOJOU_HOST: '0.0.0.0', DOJOU_URL: 'https://dojou.example' };

  test('CFG-4 plain http beyond loopback has to be asked for', () => {
    expect(refused({ DOJOU_HOST: '0.0.0.0' })).toEqual(['DOJOU_HOST']);
    expect(refused({ DOJOU_HOST: '::' })).toEqual(['DOJOU_HOST']);
    expect(refused({ DOJOU_URL: 'http://dojou.lan', DOJOU_TRUST_PROXY: '1' })).toEqual(['DOJOU_URL']);
    expect(refused({ ...lan })).toEqual(['DOJOU_HOST']);
    expect(config({ ...lan, DOJOU_INSECURE_LAN: '1' })).toMatchObject({
      insecureLan: true,
      loopbackOnly: false,
      secure: false,
    });
    for (const host of ['127.0.0.2', '::1', 'localhost']) expect(refused({ DOJOU_HOST: host })).toEqual([]);
  });

  test('CFG-4 and is refused where https makes it pointless', () => {
    expect(refused({ ...https, ...TLS, DOJOU_INSECURE_LAN: '1' })).toEqual(['DOJOU_INSECURE_LAN']);
  });

  test('CFG-5 certificate and key come together, readable', () => {
    expect(refused({ DOJOU_TLS_KEY: 'key.pem' })).toEqual(['DOJOU_TLS_CERT']);
    expect(refused({ ...TLS, DOJOU_TLS_KEY: '/nowhere/absent' })).toEqual(['DOJOU_TLS_KEY']);
    expect(refused({ ...TLS, DOJOU_TLS_CERT: '/nowhere/absent' })).toEqual(['DOJOU_TLS_CERT']);
    expect(config({ ...TLS })).toMatchObject({
      origin: 'https://localhost:8310',
      secure: true,
      tls: { cert: '/etc/tls/cert.pem', key: '/srv/dojou/key.pem' },
    });
  });

  test('CFG-5 https needs a certificate or a proxy, and a certificate needs https', () => {
    expect(refused({ ...https })).toEqual(['DOJOU_URL']);
    expect(refused({ ...https, ...TLS })).toEqual([]);
    expect(refused({ DOJOU_URL: 'https://dojou.example', DOJOU_TRUST_PROXY: '1' })).toEqual([]);
    expect(refused({ ...TLS, DOJOU_URL: 'http://localhost:8310' })).toEqual(['DOJOU_URL']);
  });

  test('CFG-6 the process driver stays on loopback', () => {
    expect(config({ DOJOU_SANDBOX: 'process' }).sandbox).toBe('process');
    expect(refused({ ...https, ...TLS, DOJOU_SANDBOX: 'process' })).toEqual(['DOJOU_SANDBOX']);
    const proxied = { DOJOU_URL: 'https://dojou.example', DOJOU_TRUST_PROXY: '1' };
    expect(refused({ ...proxied, DOJOU_SANDBOX: 'process' })).toEqual(['DOJOU_SANDBOX']);
  });

  test('CFG-7 an address for others needs a way in', () => {
    expect(refused({ DOJOU_URL: 'https://dojou.example', ...TLS })).toEqual(['DOJOU_HOST']);
    expect(refused({ DOJOU_URL: 'http://dojou.lan', DOJOU_INSECURE_LAN: '1' })).toEqual(['DOJOU_HOST']);
  });
});

// To write it: node --input-type=module -e "console.log((await import('./server/config.ts')).configTable('ja'))"
test('CFG-9 README says what the code says', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const tables = [...readme.matchAll(/<!-- config -->\n+([\s\S]*?)\n+<!-- \/config -->/g)];
  expect(tables.length).toBeGreaterThan(0);
  for (const [, table] of tables) expect([configTable('ja'), configTable('en')]).toContain(table);
});
