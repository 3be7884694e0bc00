/** What the variables must be to each other. Pure: the host's answers are arguments. */
import { isIPv4 } from 'node:net';
import type { Values, VariableName, Words } from './variables.ts';

export interface Problem extends Words {
  readonly name: string;
}

interface Rule {
  /** Variables that must have been read for the rule to make sense. */
  readonly needs: readonly VariableName[];
  readonly check: (values: Values, readable: (path: string) => boolean) => Problem | null;
}

/** True for names and addresses that never leave the computer. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIPv4(name)) return name.startsWith('127.');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1';
}

const hasTls = (values: Values): boolean => values.DOJOU_TLS_CERT !== null && values.DOJOU_TLS_KEY !== null;
const urlIsSecure = (values: Values): boolean =>
  values.DOJOU_URL === null ? hasTls(values) : values.DOJOU_URL.startsWith('https:');
const hostLeaves = (values: Values): boolean => !isLoopback(values.DOJOU_HOST);
const urlLeaves = (values: Values): boolean =>
  values.DOJOU_URL !== null && !isLoopback(new URL(values.DOJOU_URL).hostname);

const REACH = ['DOJOU_HOST', 'DOJOU_URL', 'DOJOU_TLS_CERT', 'DOJOU_TLS_KEY', 'DOJOU_TRUST_PROXY'] as const;

const pair = (
  given: 'DOJOU_TLS_CERT' | 'DOJOU_TLS_KEY',
  other: 'DOJOU_TLS_CERT' | 'DOJOU_TLS_KEY',
): Rule => ({
  needs: [given, other],
  check: (values) =>
    values[given] !== null && values[other] === null
      ? {
          name: other,
          ja: `${other} がないと ${given} だけでは https にできないので、両方を入れるか、両方を外してください。`,
          en: `${other} is missing, and ${given} alone makes no https: set both or neither.`,
        }
      : null,
});

const readableFile = (name: 'DOJOU_TLS_CERT' | 'DOJOU_TLS_KEY'): Rule => ({
  needs: [name],
  check: (values, readable) => {
    const path = values[name];
    return path !== null && !readable(path)
      ? {
          name,
          ja: `${name} のファイル「${path}」を読めないので、場所と読みとりの許可をたしかめてください。`,
          en: `${name} names "${path}", which cannot be read: check the path and its permissions.`,
        }
      : null;
  },
});

export const RULES: readonly Rule[] = [
  pair('DOJOU_TLS_CERT', 'DOJOU_TLS_KEY'),
  pair('DOJOU_TLS_KEY', 'DOJOU_TLS_CERT'),
  readableFile('DOJOU_TLS_CERT'),
  readableFile('DOJOU_TLS_KEY'),
  {
    needs: REACH,
    check: (values) =>
      hasTls(values) && !urlIsSecure(values)
        ? {
            name: 'DOJOU_URL',
            ja: `証明書があるのに DOJOU_URL が「${values.DOJOU_URL}」なので、https:// で始まるアドレスにしてください。`,
            en: `DOJOU_URL is "${values.DOJOU_URL}" although a certificate is set: give an address that begins with https://.`,
          }
        : null,
  },
  {
    needs: REACH,
    check: (values) =>
      urlIsSecure(values) && !hasTls(values) && values.DOJOU_TRUST_PROXY.length === 0
        ? {
            name: 'DOJOU_URL',
            ja: `DOJOU_URL は「${values.DOJOU_URL}」ですが https にするものがないので、DOJOU_TLS_CERT と DOJOU_TLS_KEY を入れるか、https のプロキシを置いて DOJOU_TRUST_PROXY=1 にしてください。`,
            en: `DOJOU_URL is "${values.DOJOU_URL}", but nothing here speaks https: set DOJOU_TLS_CERT and DOJOU_TLS_KEY, or put an https proxy in front and set DOJOU_TRUST_PROXY=1.`,
          }
        : null,
  },
  {
    needs: [...REACH, 'DOJOU_INSECURE_LAN'],
    check: (values) => {
      const name = hostLeaves(values) ? 'DOJOU_HOST' : 'DOJOU_URL';
      const plain = !urlIsSecure(values) && !values.DOJOU_INSECURE_LAN;
      return plain && (hostLeaves(values) || urlLeaves(values))
        ? {
            name,
            ja: `${name} が「${values[name]}」だと暗号化しない http がこの PC の外に出るので、DOJOU_TLS_CERT と DOJOU_TLS_KEY で https にするか、信頼できる LAN なら DOJOU_INSECURE_LAN=1 にしてください。`,
            en: `${name} "${values[name]}" lets plain http leave this computer: set DOJOU_TLS_CERT and DOJOU_TLS_KEY for https, or DOJOU_INSECURE_LAN=1 on a network that you trust.`,
          }
        : null;
    },
  },
  {
    needs: REACH,
    check: (values) =>
      urlLeaves(values) && !hostLeaves(values) && values.DOJOU_TRUST_PROXY.length === 0
        ? {
            name: 'DOJOU_HOST',
            ja: `DOJOU_HOST が「${values.DOJOU_HOST}」だと ${values.DOJOU_URL} にはこの PC からしか届かないので、DOJOU_HOST=0.0.0.0 にするか、プロキシを置いて DOJOU_TRUST_PROXY=1 にしてください。`,
            en: `DOJOU_HOST "${values.DOJOU_HOST}" keeps ${values.DOJOU_URL} out of everybody's reach: set DOJOU_HOST=0.0.0.0, or put a proxy in front and set DOJOU_TRUST_PROXY=1.`,
          }
        : null,
  },
  {
    needs: [...REACH, 'DOJOU_INSECURE_LAN'],
    check: (values) =>
      values.DOJOU_INSECURE_LAN && urlIsSecure(values)
        ? {
            name: 'DOJOU_INSECURE_LAN',
            ja: 'DOJOU_INSECURE_LAN は https では要らないので、外してください。',
            en: 'DOJOU_INSECURE_LAN has no place beside https: remove it.',
          }
        : null,
  },
  {
    needs: [...REACH, 'DOJOU_SANDBOX'],
    check: (values) =>
      values.DOJOU_SANDBOX === 'process' && (hostLeaves(values) || urlLeaves(values))
        ? {
            name: 'DOJOU_SANDBOX',
            ja: 'DOJOU_SANDBOX=process のシェルは隔離されていないので、bubblewrap にするか、DOJOU_HOST と DOJOU_URL をこの PC だけのものに戻してください。',
            en: 'DOJOU_SANDBOX=process does not isolate its shells: give bubblewrap, or keep DOJOU_HOST and DOJOU_URL to this computer.',
          }
        : null,
  },
];
