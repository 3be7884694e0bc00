/** Sentences about the terminals of a seat; `{name}` is filled by `fill`. */
import type { Lang } from '#protocol/errors.ts';

type Text = Readonly<Record<Lang, string>>;

export const TABS = {
  label: { ja: 'ターミナル', en: 'Terminals' },
  shell: { ja: 'シェル', en: 'Shell' },
  ended: { ja: '終わりました', en: 'ended' },
  open: { ja: 'ターミナルをもう1つ開く', en: 'Open another terminal' },
  close: { ja: 'このターミナルを閉じる', en: 'Close this terminal' },
  split: { ja: '2つ並べる', en: 'Show two side by side' },
  follow: { ja: '{name}さんの画面に戻る', en: 'Back to what {name} sees' },
  drives: { ja: '{name}さんはここ', en: '{name} is here' },
  askTitle: { ja: 'ターミナル{n}を閉じますか', en: 'Close terminal {n}?' },
  askRunning: {
    ja: '「{command}」がまだ動いています。閉じると、途中で終わります。',
    en: '“{command}” is still running. Closing ends it.',
  },
  askYes: { ja: '閉じる', en: 'Close' },
  running: {
    ja: '{commands}を実行しています。渡しても、止まりません。',
    en: 'Running now: {commands}. Handing over stops nothing.',
  },
  command: { ja: '「{command}」', en: '“{command}”' },
  commandAt: { ja: 'ターミナル{n}で「{command}」', en: '“{command}” in terminal {n}' },
  and: { ja: '、', en: ', ' },
  field: { ja: 'ターミナル{n}に打つところ', en: 'Type into terminal {n}' },
} as const satisfies Record<string, Text>;

/** What xterm.js says by itself. */
export const XTERM = {
  field: { ja: 'ターミナルに打つところ', en: 'Type into the terminal' },
  tooMuch: {
    ja: '出力が多いので、読み上げを省きました。行は、上下に移って読めます',
    en: 'Too much output to read out. Move from line to line to read it',
  },
} as const satisfies Record<string, Text>;
