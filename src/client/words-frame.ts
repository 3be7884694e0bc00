/** The few sentences that every page may need alive; apart, so that reading pages stay small. */
export const FRAME = {
  me: { ja: '{name}さん', en: '{name}' },
  insecureLan: {
    ja: 'この土壌は暗号化なしの http で開かれています。同じネットワークの人に見られてもよいことだけを書いてください。',
    en: 'This Dojou is served over plain http. Write only what others on this network may see.',
  },
  processSandbox: {
    ja: 'シェルは隔離されていません。このコンピューターのファイルに、そのまま触れます。',
    en: 'Shells are not isolated here. They touch the files of this computer directly.',
  },
} as const;
