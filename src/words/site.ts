/** Every sentence of the built pages, in both languages. What the browser says later is in client/words.ts. */
import type { Lang } from '#protocol/errors.ts';

type Text = Readonly<Record<Lang, string>>;

export const SITE = {
  name: { ja: '土壌', en: 'Dojou' },
  reading: { ja: 'どじょう', en: '土壌, the soil' },
  skip: { ja: '本文へ', en: 'Skip to the text' },
  nav: { ja: '主なページ', en: 'Main pages' },
  chapters: { ja: '章', en: 'Chapters' },
  labs: { ja: 'ラボ', en: 'Labs' },
  map: { ja: '運用作業の地図', en: 'Chore map' },
  team: { ja: 'チーム', en: 'Team' },
  theme: { ja: '明るさを切りかえる', en: 'Switch light and dark' },
  otherLanguage: { ja: 'English', en: '日本語' },
  code: { ja: 'コードで部屋に入る', en: 'Enter a room by code' },
  noScript: {
    ja: 'JavaScript が止まっているので、読みものだけ使えます。シェルと地図には JavaScript が要ります。',
    en: 'JavaScript is off, so you can read. The shell and the map need JavaScript.',
  },
  footCredit: {
    ja: 'この場所は、公開された発表「SRE チーム立ち上げ前に考えたこと・取り組んだこと」（Road to SRE NEXT@京都、2024年7月5日）から育ちました。',
    en: 'Grown out of the public talk 「SRE チーム立ち上げ前に考えたこと・取り組んだこと」 (Road to SRE NEXT@Kyoto, 5 July 2024).',
  },
  footLicence: {
    ja: 'コードは MIT、読みものとラボは CC BY 4.0 です。',
    en: 'Code under MIT. Chapters and labs under CC BY 4.0.',
  },
  footSecurity: { ja: '情シスの方へ', en: 'For your security team' },
  footNotices: { ja: '使っている部品のライセンス', en: 'Licences of the parts in use' },
  footVersion: { ja: '版', en: 'Version' },
  stillGrowing: { ja: 'まだ途中です。', en: 'Still under way.' },
  minutes: { ja: '{n}分', en: '{n} min' },
  stale: {
    ja: '',
    en: 'The Japanese text was revised on {source}; this translation is from {mirror}.',
  },
  close: { ja: '閉じる', en: 'Close' },
} as const satisfies Record<string, Text>;

export const HOME = {
  title: {
    ja: 'インフラの作業ができる人を、ひとりずつ増やす',
    en: 'More people who can run the infrastructure, one at a time',
  },
  lead: {
    ja: 'リリースやログ調査など、いつも同じ人がしている作業を、チームで読み、手を動かして覚えます。',
    en: 'Releases, log searches, the work that always falls to the same person: read about it as a team, then do it with your own hands.',
  },
  practice: {
    ja: '触るのは練習用の AWS で、本番にもお客様のデータにもつながっていません。',
    en: 'You work on a practice AWS. It is not connected to production or to any customer’s data.',
  },
  actions: { ja: 'はじめかた', en: 'Ways to begin' },
  try: { ja: '15分だけ触ってみる', en: 'Try it for 15 minutes' },
  tryNote: { ja: '登録なし', en: 'no sign-up' },
  read: { ja: '第1章を読む', en: 'Read chapter 1' },
  readNote: { ja: '約{n}分、紙でも', en: 'about {n} min, on paper too' },
  together: { ja: 'みんなで始める', en: 'Start together' },
  togetherNote: { ja: '部屋をひらいてリンクを送る', en: 'open a room, send a link' },
  focus: { ja: 'いまの焦点（仮）', en: 'Our focus for now' },
  focusEmpty: {
    ja: 'まだ決まっていません。7つの作業を1分で見わたして、次に2人目を増やしたい作業を1つ選びます。',
    en: 'Not chosen yet. Look over seven chores in a minute, and choose the one that needs a second pair of hands.',
  },
  focusGo: { ja: '地図をひらく', en: 'Open the map' },
  mine: { ja: 'つづきから', en: 'Go on' },
  mineEmpty: {
    ja: '始めたラボは、ここに残ります。明日ひらいても、同じところから続けられます。',
    en: 'Labs that you begin stay here. Open them tomorrow and go on from the same place.',
  },
  labTitle: { ja: '15分の中身', en: 'What the 15 minutes hold' },
  chapterTitle: { ja: '読みもの', en: 'To read' },
  notRanking: { ja: '人事評価には使いません。', en: 'None of this is used to appraise people.' },
} as const satisfies Record<string, Text>;

export const CHAPTER = {
  listTitle: { ja: '章', en: 'Chapters' },
  listLead: {
    ja: '輪読のための読みものです。ひとりで読んでも、印刷しても読めます。',
    en: 'Texts for a reading group. They can be read alone, and on paper.',
  },
  number: { ja: '第{n}章', en: 'Chapter {n}' },
  readingTime: { ja: '読むだけなら約{n}分', en: 'about {n} min to read' },
  sessionTime: { ja: '輪読で{n}分', en: '{n} min as a reading group' },
  updated: { ja: '{date} の版', en: 'As of {date}' },
  stops: { ja: '区切り', en: 'Stops' },
  question: { ja: '問い', en: 'Question' },
  predict: { ja: '読む前に', en: 'Before you start' },
  retrieve: { ja: '閉じて思い出す', en: 'From memory' },
  ours: { ja: 'うちでは', en: 'In our team' },
  words: { ja: 'ことば', en: 'Words' },
  host: { ja: '進行メモ', en: 'Facilitator’s notes' },
  hostOpen: { ja: 'ひらく', en: 'open' },
  sources: { ja: '出典', en: 'Sources' },
  print: { ja: '印刷する', en: 'Print' },
  ruby: { ja: 'ふりがな', en: 'Ruby' },
  labsNext: { ja: '手を動かす', en: 'Now with your hands' },
  map: { ja: '付箋を地図にうつす', en: 'Put it on the map' },
  tools: { ja: '読みかた', en: 'Reading tools' },
  stopMinutes: { ja: '{n}分', en: '{n} min' },
} as const satisfies Record<string, Text>;

export const LAB = {
  listTitle: { ja: 'ラボ', en: 'Labs' },
  listLead: {
    ja: '練習用の AWS で手を動かします。途中でやめても、進んだところは残ります。',
    en: 'Work with your hands on a practice AWS. Stop at any time; what you did is kept.',
  },
  open: { ja: 'ひらく', en: 'Open' },
  steps: { ja: '{n}つのステップ', en: '{n} steps' },
  run: { ja: '実行', en: 'Run' },
  copy: { ja: 'コピー', en: 'Copy' },
  finish: { ja: '続きを打つ', en: 'Finish it yourself' },
  demo: { ja: '見本', en: 'for show' },
  why: { ja: 'だれが待っているか', en: 'Who is waiting' },
  notYet: { ja: '未', en: 'Not yet' },
  answer: { ja: '答える', en: 'Answer' },
  textPane: { ja: '読む', en: 'Text' },
  terminalPane: { ja: 'ターミナル', en: 'Terminal' },
  divider: { ja: '本文とターミナルの境目', en: 'Divider between text and terminal' },
  people: { ja: '部屋の人たち', en: 'People in the room' },
  barHint: {
    ja: 'ひとりで始めて、あとから人を招けます。',
    en: 'Begin alone; invite others whenever you like.',
  },
  practiceHere: { ja: 'これは練習用の AWS です', en: 'This is a practice AWS' },
  loading: { ja: '用意しています…', en: 'Getting ready…' },
  keepNote: { ja: 'ひとりのメモです。ほかの人には見えません。', en: 'A private note. Nobody else sees it.' },
  stepDone: { ja: 'このステップの課題', en: 'Tasks of this step' },
  allDone: { ja: '全部できました', en: 'All done' },
  progress: { ja: 'できた課題', en: 'Tasks done' },
  noScript: {
    ja: 'ターミナルを動かすには JavaScript が要ります。本文はこのまま読めます。',
    en: 'The terminal needs JavaScript. You can read the text as it is.',
  },
} as const satisfies Record<string, Text>;

export const PAGES = {
  contents: { ja: '目次', en: 'Contents' },
  join: { ja: '部屋に入る', en: 'Join' },
  joinLead: { ja: 'リンクを確かめています…', en: 'Checking your link…' },
  joinNoScript: {
    ja: 'リンクで入るには JavaScript が要ります。',
    en: 'Joining by a link needs JavaScript.',
  },
  code: { ja: 'コードで部屋に入る', en: 'Enter a room by code' },
  codeLead: {
    ja: '進行役が読みあげる6文字を入れてください。大文字と小文字、全角と半角はどちらでも大丈夫です。',
    en: 'Type the six characters that the facilitator reads out. Capitals do not matter.',
  },
  map: { ja: '運用作業の地図', en: 'Chore map' },
  mapLead: {
    ja: 'くり返している作業を見わたして、ひとりに集まっているものを見つけます。1分で終わります。押すたびに保存されます。',
    en: 'Look over the work that keeps coming back, and see what rests on one person. It takes a minute. Each press is saved.',
  },
  team: { ja: 'チームとリンク', en: 'Team and links' },
  teamLead: {
    ja: 'だれがどのリンクで入れるかを、ここで作り、ここで取り消します。',
    en: 'Make the links by which people come in, and revoke them, here.',
  },
  notFound: { ja: 'ページが見つかりません', en: 'Page not found' },
  notFoundBody: {
    ja: 'アドレスが変わったか、消されています。書いたものは失われていません。入口から探してください。',
    en: 'The address has changed, or the page was removed. Nothing that you wrote is lost. Please start from the front page.',
  },
  home: { ja: '入口へ', en: 'To the front page' },
} as const satisfies Record<string, Text>;

/** Fills `{name}` in a sentence. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ''));
}
