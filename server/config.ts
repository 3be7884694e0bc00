/**
 * Turns the environment into one frozen Config, or into one sentence per variable that is wrong.
 * It starts nothing, and only `main` and the commands read it.
 */
import { accessSync, constants } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLoopback, type Problem, RULES } from './config/rules.ts';
import { nearest } from './config/spelling.ts';
import { VARIABLES, type Values, type VariableName, type Words } from './config/variables.ts';

export type { Problem } from './config/rules.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** The one origin that browsers use. With port 0 it is only known once listening: see `originAt`. */
  readonly origin: string;
  /** The origin is https. */
  readonly secure: boolean;
  /** Only this computer can open the origin. */
  readonly loopbackOnly: boolean;
  /** Plain http may leave this computer: a banner on each page, cookies without Secure. */
  readonly insecureLan: boolean;
  /** Absolute. */
  readonly data: string;
  readonly sandbox: 'bubblewrap' | 'process';
  /** Absolute paths of PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Addresses and ranges whose X-Forwarded-* headers count; empty for none. */
  readonly trustProxy: readonly string[];
  /** `https://*.…`: web pages of seats get hosts of their own; null: a path of the one origin. */
  readonly previewHosts: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly seats: number;
  /** Sandboxes that are started before anybody asks for them. */
  readonly warmSeats: number;
  readonly idleMs: number;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What is asked of the computer, so that tests can answer. */
export interface Host {
  readonly root: string;
  readonly memoryBytes: number;
  readonly readable: (path: string) => boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

const MEMORY_PER_SEAT = 512 * 1024 * 1024; // a lab's 256 MiB, its world, and its share of the server
const SEATS_AT_MOST = 100; // beyond it the event loop, not memory, is what runs out first
const MINUTE_MS = 60_000;
const SHOWN_VALUE = 60; // characters of a wrong value that are repeated to the person

export function readConfig(env: Env, host: Host = thisHost()): ConfigResult {
  const { values, problems } = readValues(env);
  const readable = (path: string) => host.readable(resolve(host.root, path));
  const found = [...problems, ...unknownNames(env)];
  const wrong = () => new Set(found.map((problem) => problem.name));
  for (const rule of RULES) {
    if (rule.needs.some((name) => wrong().has(name))) continue;
    const problem = rule.check(values, readable);
    if (problem && !wrong().has(problem.name)) found.push(problem);
  }
  return found.length > 0 ? { ok: false, problems: found } : { ok: true, config: derive(values, host) };
}

/** The origin once the port is known: what listening on port 0 needs. */
export function originAt(config: Config, port: number): string {
  const url = new URL(config.origin);
  if (config.port === 0 && url.port === '0') url.port = String(port);
  return url.origin;
}

/** All problems as one message for the person who starts the server. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.flatMap(({ ja, en }) => [`  ${ja}`, `    ${en}`]);
  return ['設定を直すと始められます / Please correct these settings:', ...lines].join('\n');
}

/** The documentation of every variable as a Markdown table, for README. */
export function configTable(lang: 'ja' | 'en'): string {
  const head = lang === 'ja' ? '| 変数 | 既定 | 意味 |' : '| Variable | Default | Meaning |';
  const rows = names().map((name) => {
    const { fallback, shown, means } = describe(name);
    return `| \`${name}\` | ${shown?.[lang] ?? `\`${fallback}\``} | ${means[lang]} |`;
  });
  return [head, '| --- | --- | --- |', ...rows].join('\n');
}

function readValues(env: Env): { readonly values: Values; readonly problems: readonly Problem[] } {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const name of names()) {
    const { fallback, schema, remedy } = describe(name);
    const given = env[name] || null;
    const parsed = given === null ? null : schema.safeParse(given);
    if (parsed?.success === false) problems.push(wrongValue(name, given ?? '', remedy));
    // The fallback also stands in for a wrong value: rules that need the variable are not asked.
    values[name] = parsed?.success ? parsed.data : fallback === null ? null : schema.parse(fallback);
  }
  // Each value came from the schema or the fallback of its own name, which is what Values says.
  return { values: values as Values, problems };
}

function wrongValue(name: string, value: string, remedy: Words): Problem {
  const shown = Array.from(value, (char) => (/\p{C}/u.test(char) ? '\u{fffd}' : char));
  const text = shown.length > SHOWN_VALUE ? `${shown.slice(0, SHOWN_VALUE).join('')}…` : shown.join('');
  return {
    name,
    ja: `${name} に「${text}」は入れられないので、${remedy.ja}。`,
    en: `${name} cannot be "${text}": ${remedy.en}.`,
  };
}

/** DOJOU_TEST_* belongs to the tests, which start servers with their own environment. */
function unknownNames(env: Env): readonly Problem[] {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('DOJOU_') && !name.startsWith('DOJOU_TEST_') && !Object.hasOwn(VARIABLES, name),
  );
  return unknown.sort().map((name) => {
    const meant = nearest(name, names());
    return {
      name,
      ja: `${name} という設定はないので、${meant ? `${meant} に直すか、` : ''}外してください。`,
      en: `${name} is not a setting: ${meant ? `did you mean ${meant}? Otherwise ` : ''}remove it.`,
    };
  });
}

function derive(values: Values, host: Host): Config {
  const { DOJOU_TLS_CERT: cert, DOJOU_TLS_KEY: key, DOJOU_PORT: port } = values;
  const tls =
    cert !== null && key !== null
      ? Object.freeze({ cert: resolve(host.root, cert), key: resolve(host.root, key) })
      : null;
  const origin = values.DOJOU_URL ?? new URL(`${tls ? 'https' : 'http'}://localhost:${port}`).origin;
  return Object.freeze({
    host: values.DOJOU_HOST,
    port,
    origin,
    secure: origin.startsWith('https:'),
    loopbackOnly: isLoopback(new URL(origin).hostname),
    insecureLan: values.DOJOU_INSECURE_LAN,
    data: resolve(host.root, values.DOJOU_DATA),
    sandbox: values.DOJOU_SANDBOX,
    tls,
    trustProxy: Object.freeze([...values.DOJOU_TRUST_PROXY]),
    previewHosts: values.DOJOU_PREVIEW_URL,
    logLevel: values.DOJOU_LOG_LEVEL,
    seats: values.DOJOU_SEATS ?? seatsFor(host.memoryBytes),
    warmSeats: values.DOJOU_WARM_SEATS,
    idleMs: values.DOJOU_IDLE_MINUTES * MINUTE_MS,
  });
}

/** Half of the memory goes to seats, the rest to the system, the server and the page cache. */
function seatsFor(memoryBytes: number): number {
  return Math.min(SEATS_AT_MOST, Math.max(1, Math.floor(memoryBytes / 2 / MEMORY_PER_SEAT)));
}

interface Described {
  readonly fallback: string | null;
  readonly shown?: Words;
  readonly means: Words;
  readonly remedy: Words;
  readonly schema: {
    safeParse(text: string): { success: true; data: unknown } | { success: false };
    parse(text: string): unknown;
  };
}

const describe = (name: VariableName): Described => VARIABLES[name];
// Object.keys forgets the names that the table's type knows.
const names = (): readonly VariableName[] => Object.keys(VARIABLES) as VariableName[];

function thisHost(): Host {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
  const readable = (path: string) => {
    try {
      accessSync(path, constants.R_OK);
      return true;
    } catch {
      return false; // whatever the reason: the sentence asks the person to look at path and permissions
    }
  };
  return { root, memoryBytes: totalmem(), readable };
}
