/** What runs beside the shell, in words. */
import type { Lang } from '#protocol/errors.ts';
import type { ServiceView } from '#protocol/seat.ts';

type Text = Readonly<Record<Lang, string>>;

export const SERVICES = {
  title: { ja: '一緒に動いているもの', en: 'Running beside you' },
  cannot: { ja: '動きません', en: 'cannot run' },
  reach: { ja: '{title}をターミナルから使う', en: 'Use {title} from the terminal' },
  at: {
    ja: 'ターミナルからは 127.0.0.1 のポート {port} です。',
    en: 'From the terminal: 127.0.0.1, port {port}.',
  },
  open: { ja: 'ページを開く', en: 'Open its page' },
  openOf: { ja: '{title}のページを開く（新しいタブ）', en: 'Open the page of {title} (new tab)' },
  openPort: { ja: 'ポート {port} のページを開く', en: 'Open the page on port {port}' },
  show: { ja: '見る', en: 'Show' },
  log: { ja: 'ログ', en: 'Log' },
  own: { ja: '自分で動かすウェブページ', en: 'Web pages of your own' },
  ownHow: {
    ja: 'ターミナルでサーバーを動かすと、ここから見られます。部屋の人もみんな見られます。',
    en: 'Start a server in the terminal and look at it here. Everybody in the room can.',
  },
} as const satisfies Record<string, Text>;

/** Told once, near the terminal. */
export const SERVICE_NEWS = {
  cannot: { ja: '{title}：{why}', en: '{title}: {why}' },
  ended: {
    ja: '{title}が止まりました。ログに理由があります。',
    en: '{title} has ended. Its log says why.',
  },
  unhealthy: {
    ja: '{title}から返事がありません。様子を見ています。',
    en: '{title} does not answer. We keep looking.',
  },
} as const satisfies Record<string, Text>;

export const SERVICE_STATE: Readonly<Record<ServiceView['state'], Text>> = {
  starting: { ja: '起動中', en: 'starting' },
  healthy: { ja: '動いています', en: 'running' },
  unhealthy: { ja: '返事がありません', en: 'does not answer' },
  ended: { ja: '止まりました', en: 'ended' },
};
