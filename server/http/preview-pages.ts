import type { IncomingMessage, ServerResponse } from 'node:http';

/** Why there is no page to show. */
export type PreviewFault = 'nothing' | 'broken' | 'slow' | 'large' | 'busy' | 'ended' | 'unknown';

interface Page {
  readonly status: number;
  readonly ja: readonly [title: string, text: string];
  readonly en: readonly [title: string, text: string];
}

/** `{port}` is filled. */
const PAGES: Readonly<Record<PreviewFault, Page>> = {
  nothing: {
    status: 503,
    ja: [
      'まだ何も動いていません',
      'ポート {port} で待ち受けているプログラムがありません。ターミナルでサーバーを起動してから、このページを読み直してください。',
    ],
    en: [
      'Nothing is running yet',
      'No program listens on port {port}. Start your server in the terminal, then reload this page.',
    ],
  },
  broken: {
    status: 502,
    ja: [
      '返事が途中で切れました',
      'ポート {port} のプログラムが、HTTP として読める返事をしませんでした。ターミナルでログを見てください。',
    ],
    en: [
      'The answer broke off',
      'The program on port {port} gave no answer that can be read as HTTP. Look at its log in the terminal.',
    ],
  },
  slow: {
    status: 504,
    ja: [
      '返事がありません',
      'ポート {port} のプログラムが、時間内に答えませんでした。止まっていないか、ターミナルで確かめてください。',
    ],
    en: [
      'No answer',
      'The program on port {port} did not answer in time. See in the terminal whether it is stuck.',
    ],
  },
  large: {
    status: 413,
    ja: ['大きすぎます', '送るものは 10 MiB まで、受け取るものは 64 MiB までです。小さく分けてください。'],
    en: ['Too large', 'What is sent may have 10 MiB, and what comes back 64 MiB. Please divide it.'],
  },
  busy: {
    status: 429,
    ja: [
      'つながりが多すぎます',
      '同時に開いているつながりが多すぎます。少し待ってから、読み直してください。',
    ],
    en: ['Too many connections', 'Too many connections are open at once. Wait a moment, then reload.'],
  },
  ended: {
    status: 410,
    ja: [
      'このページは終わりました',
      '練習環境と一緒に閉じました。部屋で練習環境を開き直すと、新しいリンクが出ます。',
    ],
    en: [
      'This page has ended',
      'It was closed together with its practice seat. Open the seat again in the room for a new link.',
    ],
  },
  unknown: {
    status: 404,
    ja: ['このページはありません', 'アドレスが途中で切れていないか、部屋にあるリンクと見比べてください。'],
    en: [
      'There is no such page',
      'Compare the address with the link in the room: part of it may be missing.',
    ],
  },
};

/** Answers with the sentence in the browser's language. Always true: the request has been taken. */
export function previewFault(
  request: IncomingMessage,
  response: ServerResponse,
  fault: PreviewFault,
  port: number,
): true {
  const page = PAGES[fault];
  const lang = prefersEnglish(request.headers['accept-language']) ? 'en' : 'ja';
  const [title, text] = page[lang];
  const body = `<!doctype html>
<html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title>
<h1>${title}</h1>
<p>${text.replace('{port}', String(port))}</p>
</html>
`;
  response.writeHead(page.status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    // A body that nobody reads would be taken for the next request.
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  return true;
}

/** The first language that is one of ours. */
function prefersEnglish(header: string | undefined): boolean {
  const first = (header ?? '').split(',').find((part) => /^\s*(ja|en)\b/i.test(part));
  return first !== undefined && /^\s*en/i.test(first);
}
