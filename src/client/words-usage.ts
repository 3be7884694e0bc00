/** What a practice seat uses, and what to do when a limit is hit. */
import type { Lang } from '#protocol/errors.ts';
import type { LimitKind } from '#protocol/seat.ts';

type Text = Readonly<Record<Lang, string>>;

export const USAGE = {
  title: { ja: '使っている量', en: 'In use' },
  memory: { ja: 'メモリー', en: 'Memory' },
  processes: { ja: 'プロセス', en: 'Processes' },
  home: { ja: 'ホーム', en: 'Home' },
  cpu: { ja: 'CPU', en: 'CPU' },
  of: { ja: '{limit} のうち {used}', en: '{used} of {limit}' },
  core: { ja: 'コア 1 つの {percent}%', en: '{percent}% of one core' },
  homeIsMemory: {
    ja: 'ホームと /tmp のファイルも、メモリーに数えます。',
    en: 'Files in the home and in /tmp count as memory, too.',
  },
  nearly: { ja: 'もうすぐいっぱいです', en: 'nearly full' },
  full: { ja: 'いっぱいです', en: 'full' },
  hit: { ja: '上限に届きました', en: 'A limit was hit' },
  show: { ja: '使っている量を見る', en: 'See what is in use' },
} as const satisfies Record<string, Text>;

/** What happened, whether anything was lost, what to do next. */
export const LIMIT: Readonly<Record<LimitKind, Text>> = {
  memory: {
    ja: 'メモリーの上限に届いたので、プログラムを終わらせました。ファイルはそのままです。ほかのプログラムを止めるか、小さく分けて動かしてください。',
    en: 'Memory was full, so a program was ended. Files are as they were. Stop other programs, or run it in smaller parts.',
  },
  'memory-files': {
    ja: 'プログラムを終わらせても、メモリーがいっぱいのままです。ホームと /tmp のファイルが使っています。空のファイルも、数が多いと場所をとります。いらないファイルを消してください。消せないときは、「はじめからやり直す」と空きます。',
    en: 'A program was ended, but memory is still full: files in the home and /tmp take it, and very many empty ones do, too. Delete those that you do not need. If you cannot, “Start over” makes room.',
  },
  processes: {
    ja: 'プロセスの数が上限に届いたので、新しいプログラムを始められませんでした。動いているものはそのままです。いらないものを Ctrl+C で止めてください。止まらないときは、はじめからやり直すか、保存した時点に戻すと、全部終わります。',
    en: 'All processes are taken, so a program could not start. Those that run go on. Stop what you do not need with Ctrl+C. If that does not help, start over or go back to a saved point: that ends them all.',
  },
  home: {
    ja: 'ホームがいっぱいです。いまあるファイルはそのままですが、これから書く分は入りません。du -sh ~/* で大きいものを探して、消してください。',
    en: 'The home is full. The files in it are safe, but nothing more can be written. Find large ones with du -sh ~/* and delete them.',
  },
  tmp: {
    ja: '/tmp がいっぱいです。ホームには影響ありません。du -sh /tmp/* で大きいものを探して、消してください。',
    en: '/tmp is full. The home is not affected. Find large files with du -sh /tmp/* and delete them.',
  },
  output: {
    ja: '操作役が見ていないあいだに出力が続いたので、ゆっくり進めています。プログラムは動いています。いらなければ Ctrl+C で止めてください。',
    en: 'Output went on while no driver looked, so it is slowed down. The program still runs. Stop it with Ctrl+C if you do not need it.',
  },
  terminals: {
    ja: 'この練習環境が、ホスト全体のターミナルのほとんどを使っていたので、終わらせました。もう一度始められます。ホームは最後に保存したところから戻ります。始めたら、ターミナルを開き続けるプログラムを動かさないでください。',
    en: 'This seat had taken most of the terminals of the whole host, so it was ended. You can start it again. Its home comes back as it was last saved. Do not run the program again that kept opening terminals.',
  },
  agent: {
    ja: '練習環境が止まりました。もう一度始められます。ホームは最後に保存したところから戻ります。',
    en: 'The practice seat has stopped. You can start it again. Its home comes back as it was last saved.',
  },
};
