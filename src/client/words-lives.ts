/** Sentences about saved points, starting over, going on alone, and the time of a seat. */
import type { Lang } from '#protocol/errors.ts';

type Text = Readonly<Record<Lang, string>>;

export const LIVES = {
  title: { ja: '保存とやり直し', en: 'Saving and starting over' },
  what: {
    ja: 'ホームのファイルと、練習用 AWS の変更を、あとから戻せるように保存します。ステップが終わったときは、自動で保存します。',
    en: 'Your files and your changes to the practice AWS are saved, to come back to. A finished step saves them by itself.',
  },
  save: { ja: 'ここを保存', en: 'Save this point' },
  saving: { ja: '保存しています…', en: 'Saving…' },
  saved: { ja: '保存しました', en: 'Saved' },
  reset: { ja: 'はじめからやり直す', en: 'Start over' },
  back: { ja: 'この時点に戻す', en: 'Go back to this point' },
  fork: { ja: 'ここから自分用に分ける', en: 'Go on alone from here' },
  forkPoint: { ja: 'この時点から自分用に分ける', en: 'Go on alone from this point' },
  forkWhat: {
    ja: '自分用に分けると、いまの続きを、ひとりの部屋で試せます。この部屋は、そのままです。',
    en: 'Going on alone gives you a room of your own to try things in. This room stays as it is.',
  },
  forking: { ja: '自分用の部屋を用意しています…', en: 'Preparing a room of your own…' },
  forked: {
    ja: 'ここは自分用の部屋です。元の部屋は、そのままです。',
    en: 'This room is your own. The room before is as it was.',
  },
  return: { ja: '元の部屋に戻る', en: 'Return to the room before' },
  points: { ja: '保存した時点', en: 'Saved points' },
  none: { ja: 'まだありません。', en: 'None yet.' },
  why: {
    asked: { ja: '自分で保存', en: 'Saved by hand' },
    step: { ja: 'ステップの終わり', en: 'End of a step' },
    'before-reset': { ja: 'やり直す前', en: 'Before starting over' },
  },
  at: { ja: '「{step}」のところ', en: 'At “{step}”' },
  askReset: { ja: 'はじめからやり直しますか', en: 'Start over?' },
  askBack: { ja: '{when}の時点に戻しますか', en: 'Go back to {when}?' },
  askWhat: {
    reset: {
      ja: 'ホームのファイルと、練習用 AWS の変更がなくなり、ラボのはじめの状態になります。動いているコマンドは、全部のターミナルで終わります。',
      en: 'Your files and your changes to the practice AWS go; the lab is as it began. Commands that run end, in every terminal.',
    },
    back: {
      ja: 'ホームのファイルと、練習用 AWS の変更が、その時点のものに変わります。動いているコマンドは、全部のターミナルで終わります。',
      en: 'Your files and your changes to the practice AWS become what they were then. Commands that run end, in every terminal.',
    },
  },
  askRoom: {
    ja: 'この部屋の全員に、同じことが起こります。',
    en: 'This happens to everybody in this room.',
  },
  askKept: {
    ja: '答えと、できたタスクは残ります。戻す前の様子も保存するので、あとで元に戻せます。',
    en: 'Answers and finished tasks stay. How it is now is saved too, so that you can undo this.',
  },
  askFork: { ja: '前に分けた部屋を終えますか', en: 'End the room you had before?' },
  askForkWhat: {
    ja: '自分用の部屋は、1人に1つです。新しく分けると、前の部屋のシェルは終わります。答えは、そこに残ります。',
    en: 'Each person has one such room. A new one ends the shell of the one before; your answers stay in it.',
  },
  yesReset: { ja: 'やり直す', en: 'Start over' },
  yesBack: { ja: '戻す', en: 'Go back' },
  yesFork: { ja: '新しく分ける', en: 'Go on alone' },
  no: { ja: 'やめる', en: 'Cancel' },
  doneReset: { ja: 'はじめに戻しました', en: 'It is as it was at the beginning' },
  doneBack: { ja: '{when}の時点に戻しました', en: 'It is as it was at {when}' },
  undo: { ja: '元に戻す', en: 'Undo' },
  undone: { ja: '元に戻しました', en: 'It is as it was before' },
  unsaved: {
    memory: {
      ja: '{when}から、ホームを保存できていません。練習環境のメモリーが足りません。シェルはこのまま使えます。動いているプログラムを止めるか、/tmp とホームのいらないファイルを消してください。',
      en: 'Your home could not be saved since {when}: no memory is left in the seat. The shell goes on. Stop programs, or delete files in /tmp and the home.',
    },
    size: {
      ja: '{when}から、ホームを保存できていません。保存できる大きさを超えています。シェルはこのまま使えます。大きなファイルと、いらないフォルダーを消してください。',
      en: 'Your home could not be saved since {when}: it is larger than can be saved. The shell goes on. Delete large files, and folders that you do not need.',
    },
    time: {
      ja: '{when}から、ホームを保存できていません。読むのに時間がかかりすぎました。シェルはこのまま使えます。重いプログラムを止めると、1分ほどでもう一度試します。',
      en: 'Your home could not be saved since {when}: reading it took too long. The shell goes on. Stop heavy programs; it is tried again within a minute.',
    },
    disk: {
      ja: '{when}から、ホームを保存できていません。サーバーのディスクに書けません。シェルはこのまま使えます。サーバーの担当者に知らせてください。',
      en: 'Your home could not be saved since {when}: the disk of the server takes nothing. The shell goes on. Please tell whoever runs the server.',
    },
    other: {
      ja: '{when}から、ホームを保存できていません。シェルはこのまま使えます。1分ごとに、もう一度試します。',
      en: 'Your home could not be saved since {when}. The shell goes on. It is tried again every minute.',
    },
  },
} as const satisfies Record<string, Text | Record<string, Text>>;

export const LEASE = {
  title: { ja: '練習環境の時間', en: 'Time of this seat' },
  left: { ja: 'あと{left}で終わります（{when}）', en: 'It ends in {left} ({when})' },
  leftShort: { ja: 'あと{n}分', en: '{n} min left' },
  what: {
    ja: '終わるときは、保存してから閉じます。もう一度始められます。',
    en: 'It is saved before it is closed, and can be started again.',
  },
  extend: { ja: '{n}分のばす', en: 'Extend by {n} min' },
  most: { ja: 'これ以上はのばせません。', en: 'It cannot be extended any further.' },
  extended: { ja: '{when}までのばしました', en: 'Extended until {when}' },
  warning: {
    ja: 'あと{n}分で、練習環境を保存して閉じます',
    en: 'This practice seat is saved and closed in {n} minutes',
  },
} as const satisfies Record<string, Text>;
