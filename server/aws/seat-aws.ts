/**
 * What AWS adds to a seat: environment, shim, two loopback ports, and whose credentials are served.
 * It knows no sandbox and no room: whoever builds the seat forwards the ports and names the person.
 */
import type { Duplex } from 'node:stream';
import { type Clock, wallClock } from '../lib/clock.ts';
import { newSecret } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { createApiEndpoint } from './api-endpoint.ts';
import { CREDENTIALS_PATH, createCredentialEndpoint } from './credential-endpoint.ts';
import { compilePolicy, describePolicy, type Permission, type Words } from './policy.ts';
import type { World } from './practice/world.ts';
import { SeatSecrets, type SecretListener } from './seat-secrets.ts';
import { AWS_SHIM } from './shim.ts';
import { type CredentialVendor, createMintCache, type MintFact } from './vendor.ts';

const CREDENTIALS_PORT = 9911;
const API_PORT = 9912;

export interface SeatAwsOptions {
  readonly world: World;
  readonly vendor: CredentialVendor;
  /** Slug; and the path of its file, for sentences to its author. */
  readonly lab: string;
  readonly labFile: string;
  readonly seat: string;
  readonly allow: readonly string[];
  readonly region: string;
  readonly accountId: string;
  /** Whose credentials are served; null until somebody drives. */
  readonly person: string | null;
  readonly clock?: Clock;
  readonly log?: Pick<Log, 'warn'>;
  readonly onMint?: (fact: MintFact) => void;
}

export interface SeatIdentity {
  readonly accountId: string;
  readonly arn: string;
  readonly roleName: string;
  readonly region: string;
  readonly expiresAt: number;
  /** 「ECS: 一覧を見る、詳しく見る」, a line per service. */
  readonly allowed: Words;
  readonly permissions: readonly Permission[];
}

export interface SeatAws extends Disposable {
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly mode: number; readonly content: string }[];
  readonly ports: readonly { readonly port: number; onConnection(stream: Duplex): void }[];
  /** Credentials follow the driver; null → 403 with a sentence. */
  setPerson(person: string | null): void;
  /** Who the shell is right now; null when nobody drives. */
  identity(): Promise<SeatIdentity | null>;
  /**
   * Tells at once every value that the shell can print and watchers must not see, and each new one
   * before the credentials leave the server; the same one may be told again. If a listener throws,
   * they do not leave. Returns what ends it.
   */
  onSecret(listener: SecretListener): () => void;
}

export function createSeatAws(options: SeatAwsOptions): SeatAws {
  const { world, lab, seat, region, accountId, log, clock = wallClock } = options;
  const policy = compilePolicy({ file: options.labFile, allow: options.allow });
  const permissions = describePolicy(options.allow);
  const token = newSecret();
  const secrets = new SeatSecrets(token, clock);
  const vendor = createMintCache({
    vendor: secrets.watch(options.vendor),
    clock,
    ...(options.onMint && { ledger: options.onMint }),
  });
  let person = options.person;

  const current = () => (person === null ? null : vendor.mint({ person, lab, seat, policy }));
  const credentials = createCredentialEndpoint({
    clock,
    token,
    current,
    onFailure: (err) => log?.warn({ err, seat }, 'Credentials could not be made.'),
  });
  const api = createApiEndpoint({ world, clock });

  return {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${CREDENTIALS_PORT}${CREDENTIALS_PATH}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_PAGER: '',
      AWS_CLI_AUTO_PROMPT: 'off',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${API_PORT}`,
    },
    files: [{ path: '/usr/local/bin/aws', mode: 0o755, content: AWS_SHIM }],
    ports: [
      { port: CREDENTIALS_PORT, onConnection: (stream) => credentials.onConnection(stream) },
      { port: API_PORT, onConnection: (stream) => api.onConnection(stream) },
    ],
    setPerson(next) {
      person = next;
    },
    async identity() {
      const minted = await current();
      if (!minted) return null;
      return {
        accountId,
        arn: minted.assumedRoleArn,
        roleName: minted.roleArn.split('/').at(-1) ?? minted.roleArn,
        region,
        expiresAt: minted.expiresAt,
        allowed: {
          ja: permissions.map((p) => `${p.service}: ${p.words.ja}`).join('\n'),
          en: permissions.map((p) => `${p.service}: ${p.words.en}`).join('\n'),
        },
        permissions,
      };
    },
    onSecret: (listener) => secrets.onSecret(listener),
    [Symbol.dispose]() {
      person = null;
      vendor.forget(seat);
      secrets[Symbol.dispose]();
      credentials[Symbol.dispose]();
      api[Symbol.dispose]();
    },
  };
}
