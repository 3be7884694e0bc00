import type { Bilingual } from '#protocol/api.ts';

/** The seven loads with which every map begins. Slugs are for ever: facts and labs refer to them. */
export const FIRST_CHORES = [
  { slug: 'manual-release', name: { ja: '手動でのリリース', en: 'Releasing by hand' } },
  {
    slug: 'customer-data-fix',
    name: { ja: 'お客様依頼のデータメンテナンス', en: 'Fixing data on a customer’s request' },
  },
  { slug: 'error-monitoring', name: { ja: 'エラー監視', en: 'Watching for errors' } },
  { slug: 'eol', name: { ja: 'EOL 対応', en: 'Keeping up with end of life' } },
  { slug: 'audit', name: { ja: '監査対応', en: 'Answering audits' } },
  { slug: 'vulnerability', name: { ja: '脆弱性への対応', en: 'Dealing with vulnerabilities' } },
  {
    slug: 'log-investigation',
    name: { ja: '問い合わせに伴うログ調査', en: 'Searching logs for an inquiry' },
  },
] as const satisfies readonly { readonly slug: string; readonly name: Bilingual }[];
