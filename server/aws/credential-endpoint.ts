import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import { createStreamServer, type StreamServer } from './stream-server.ts';
import { type Minted, MintRefused } from './vendor.ts';

export const CREDENTIALS_PATH = '/credentials';

/** Shown by the CLI as they are, so in both languages and in plain words. */
const REFUSALS = {
  WrongToken:
    'This request does not come from this practice environment. / この練習環境からの要求ではありません。',
  NobodyDrives:
    'Nobody holds the keyboard now, so no credentials are handed out. Take the keyboard in the page, then try again. / ' +
    'いまはだれも操作役でないため、認証情報を渡していません。画面で操作役になってから、もう一度試してください。',
  TooManyMints:
    'Too many credentials were asked for. Wait ten minutes, then try again. / ' +
    '認証情報を取りすぎました。10 分ほど待ってから、もう一度試してください。',
  MintFailed:
    'Credentials could not be made; this is our fault. Try again in a moment. / ' +
    '認証情報を用意できませんでした。こちらの不具合です。少し待って、もう一度試してください。',
  NotFound: 'Credentials are at /credentials only. / 認証情報は /credentials にあります。',
} as const;

/**
 * The container credential provider of a seat, over a forwarded stream:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function createCredentialEndpoint(options: {
  readonly clock: Clock;
  /** What `Authorization` must carry. */
  readonly token: string;
  /** Null when nobody should have credentials now. */
  current(): Promise<Minted> | null;
  /** Told why a mint failed; the learner is told only that it did. */
  onFailure(error: unknown): void;
}): StreamServer {
  const { clock, token, current, onFailure } = options;
  const refuse = (response: ServerResponse, status: number, code: keyof typeof REFUSALS) =>
    send(response, status, { code, message: REFUSALS[code] });

  return createStreamServer({
    clock,
    maxBodyBytes: 0,
    async answer(request, _, response) {
      if (request.method !== 'GET' || request.url !== CREDENTIALS_PATH)
        return refuse(response, 404, 'NotFound');
      if (!sameSecret(request.headers.authorization ?? '', token)) return refuse(response, 403, 'WrongToken');
      const minting = current();
      if (!minting) return refuse(response, 403, 'NobodyDrives');
      try {
        const minted = await minting;
        send(response, 200, {
          AccessKeyId: minted.accessKeyId,
          SecretAccessKey: minted.secretAccessKey,
          Token: minted.sessionToken,
          Expiration: `${new Date(minted.expiresAt).toISOString().slice(0, 19)}Z`,
          RoleArn: minted.roleArn,
        });
      } catch (error) {
        if (error instanceof MintRefused) return refuse(response, 403, 'TooManyMints');
        onFailure(error);
        refuse(response, 500, 'MintFailed');
      }
    },
    tooLarge: (response) => refuse(response, 404, 'NotFound'),
  });
}

/** Hashed first, so that neither the content nor the length of a guess shows in the time. */
function sameSecret(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.byteLength,
    'cache-control': 'no-store',
  });
  response.end(body);
}
