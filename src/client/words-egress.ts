/** The way out of a practice seat, in words. */
import type { Lang } from '#protocol/errors.ts';
import type { EgressConnection } from '#protocol/seat.ts';

type Text = Readonly<Record<Lang, string>>;

export const EGRESS = {
  title: { ja: '外へのつながり', en: 'To the outside' },
  none: {
    ja: 'この練習環境から、外のネットワークへは出られません。',
    en: 'Nothing leaves this practice seat.',
  },
  allowed: {
    ja: 'https でここへだけ出られます。ほかへは出られません。',
    en: 'These can be reached by https, and nothing else.',
  },
  last: { ja: '最近の接続', en: 'Last connections' },
  quiet: { ja: 'まだ接続はありません。', en: 'No connection yet.' },
  unreadable: { ja: '（読めない宛先）', en: '(unreadable)' },
  several: { ja: '（いくつもの接続）', en: '(many connections)' },
  moved: { ja: '送信 {sent}、受信 {received}', en: '{sent} sent, {received} received' },
} as const satisfies Record<string, Text>;

export const OUTCOME: Readonly<Record<EgressConnection['outcome'], Text>> = {
  open: { ja: 'つながっています', en: 'open' },
  closed: { ja: '終わりました', en: 'ended' },
  'not-listed': { ja: '断りました。リストにない宛先です', en: 'refused: not on the list' },
  'forbidden-address': {
    ja: '断りました。社内や手元のネットワーク、または予約されたアドレスです',
    en: 'refused: a private, local or reserved address',
  },
  unreachable: { ja: '相手に届きませんでした', en: 'could not be reached' },
  'bad-request': {
    ja: '断りました。https のつなぎ方ではありません',
    en: 'refused: not the way https connects',
  },
  'too-many': {
    ja: '断りました。一度に多すぎます。少し待ってください',
    en: 'refused: too many at a time, please wait a little',
  },
};
