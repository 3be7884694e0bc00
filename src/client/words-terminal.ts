/** Every sentence about using a terminal, in both languages; `{name}` is filled by `fill`. */
import type { Lang } from '#protocol/errors.ts';

type Text = Readonly<Record<Lang, string>>;

export const MENU = {
  label: { ja: 'ターミナルのメニュー', en: 'Terminal menu' },
  copy: { ja: 'コピーする', en: 'Copy' },
  paste: { ja: '貼り付ける', en: 'Paste' },
  search: { ja: '文字を探す', en: 'Find' },
  copyScreen: { ja: '画面の文字をコピー', en: 'Copy the text on the screen' },
  selectAll: { ja: 'すべて選ぶ', en: 'Select all' },
  clear: { ja: '画面を消す', en: 'Clear the screen' },
  settings: { ja: '設定を開く', en: 'Open settings' },
  pasteByKeys: {
    ja: 'このブラウザーでは、メニューから貼り付けられません。Ctrl+Shift+V（Mac は ⌘V）で貼り付けられます。',
    en: 'This browser does not let menus paste. Press Ctrl+Shift+V (⌘V on a Mac) instead.',
  },
  tooLong: {
    ja: '長すぎるので、貼り付けませんでした。一度に貼り付けられるのは、100万文字までです。',
    en: 'That is too long, and was not pasted. One paste may have a million characters.',
  },
  copyFailed: {
    ja: 'コピーできませんでした。選んだまま Ctrl+Shift+C（Mac は ⌘C）を押してください。',
    en: 'That could not be copied. Keep it selected and press Ctrl+Shift+C (⌘C on a Mac).',
  },
  copiedBySelecting: {
    ja: '選んだ文字をコピーしました。設定で、しないようにもできます。',
    en: 'What you selected was copied. The settings can switch that off.',
  },
} as const satisfies Record<string, Text>;

export const KEYS = {
  title: { ja: 'キーの一覧', en: 'Keys' },
  sheet: {
    ja: 'この一覧を開く、閉じる（ターミナルの外で）',
    en: 'Open and close this list (outside the terminal)',
  },
  f6: { ja: 'ターミナルから本文へ、本文からターミナルへ', en: 'From the terminal to the text, and back' },
  f8: {
    ja: 'キーボードを渡す、または「次にやりたい」',
    en: 'Hand the keyboard over, or ask to go next',
  },
  copy: { ja: 'ターミナルで選んだ文字をコピー', en: 'Copy what is selected in the terminal' },
  paste: { ja: 'ターミナルに貼り付け', en: 'Paste into the terminal' },
  divider: { ja: '境目を動かす（境目にいるとき）', en: 'Move the divider (while it has the focus)' },
  search: { ja: 'ターミナルの中を探す', en: 'Find in the terminal' },
  menu: {
    ja: 'ターミナルのメニューを開く（右クリックでも）',
    en: 'Open the terminal’s menu (or right-click)',
  },
  scroll: { ja: '前の出力を見る', en: 'Scroll back' },
} as const satisfies Record<string, Text>;

export const PASTE = {
  title: { ja: 'この内容を貼り付けますか', en: 'Paste this?' },
  counts: { ja: '{lines}行、{chars}文字です。', en: 'Lines: {lines}. Characters: {chars}.' },
  runs: {
    ja: '改行のところで、コマンドがすぐに実行されます。',
    en: 'Each line break runs a command at once.',
  },
  waits: {
    ja: '貼り付けただけでは実行されません。そのあとの Enter で、まとめて実行されます。',
    en: 'Pasting alone runs nothing. The next Enter runs all of it.',
  },
  removed: {
    ja: '画面をあやつる制御文字が入っていたので、{n}個とりのぞきました。',
    en: 'Control characters that could steer the screen were taken out: {n}.',
  },
  more: { ja: 'ほかに{n}行あります', en: 'More lines: {n}' },
  text: { ja: '貼り付ける内容', en: 'The text to paste' },
  paste: { ja: '貼り付ける', en: 'Paste' },
  withoutLast: { ja: '最後の改行をとって貼り付ける', en: 'Paste without the last line break' },
  cancel: { ja: 'やめる', en: 'Cancel' },
  never: { ja: 'このページでは確かめない', en: 'Do not ask again on this page' },
  moved: {
    ja: '{name}さんの番になったので、貼り付けませんでした。',
    en: 'Nothing was pasted: {name} has the keyboard now.',
  },
  movedToNobody: {
    ja: 'キーボードを持っていないので、貼り付けませんでした。',
    en: 'Nothing was pasted: you do not have the keyboard.',
  },
} as const satisfies Record<string, Text>;

export const SEARCH = {
  label: { ja: 'ターミナルの中を探す', en: 'Find in the terminal' },
  query: { ja: '探す文字', en: 'Text to find' },
  open: { ja: '文字を探す（Ctrl+Shift+F）', en: 'Find (Ctrl+Shift+F)' },
  next: { ja: '次へ（Enter）', en: 'Next (Enter)' },
  previous: { ja: '前へ（Shift+Enter）', en: 'Previous (Shift+Enter)' },
  matchCase: { ja: '大文字と小文字を分ける', en: 'Match case' },
  regex: { ja: '正規表現で探す', en: 'Regular expression' },
  close: { ja: '探すのを終える', en: 'Close the search' },
  none: { ja: '見つかりません', en: 'Nothing found' },
  place: { ja: '{of}件中{at}件目', en: '{at} of {of}' },
  many: { ja: '{of}件以上あります', en: '{of} or more' },
  failed: {
    ja: '探す準備ができませんでした。もう一度お試しください',
    en: 'Finding could not be loaded. Try again',
  },
  wrong: { ja: '正規表現の書きかたが違います', en: 'Not a valid regular expression' },
  empty: {
    ja: '空の文字にも当てはまる式なので、どこにでも当てはまってしまいます',
    en: 'This expression also matches empty text, so it would match everywhere.',
  },
} as const satisfies Record<string, Text>;

export const SETTINGS = {
  title: { ja: 'ターミナルの設定', en: 'Terminal settings' },
  size: { ja: '文字の大きさ', en: 'Text size' },
  theme: { ja: '配色', en: 'Colours' },
  themes: {
    night: { ja: '夜の土', en: 'Night soil' },
    paper: { ja: '紙', en: 'Paper' },
    contrast: { ja: 'はっきり', en: 'High contrast' },
  },
  face: { ja: '書体', en: 'Typeface' },
  faces: {
    plus: { ja: 'M PLUS 1 Code', en: 'M PLUS 1 Code' },
    system: { ja: 'このコンピューターの等幅の書体', en: 'This computer’s monospace' },
  },
  faceNote: {
    ja: '書体によっては、日本語の桁がそろわないことがあります。',
    en: 'With some typefaces Japanese does not fill two columns exactly.',
  },
  cursor: { ja: 'カーソルの形', en: 'Cursor' },
  cursors: {
    block: { ja: '四角', en: 'Block' },
    bar: { ja: '縦の線', en: 'Bar' },
    underline: { ja: '下線', en: 'Underline' },
  },
  blink: { ja: 'カーソルを点滅させる', en: 'Blinking cursor' },
  copyOnSelect: { ja: '選んだらコピーする', en: 'Copy on select' },
  lineNumbers: { ja: '行番号を出す', en: 'Show line numbers' },
  lineNumbersWhy: {
    ja: '部屋の全員に、同じ番号が見えます。「17行目を見て」と声で伝えられます。自分の番のあいだは、番号の分だけ画面が狭くなります。',
    en: 'Everybody in the room has the same numbers: “look at line 17”. While it is your turn they make the screen a little narrower.',
  },
  reader: { ja: '読み上げに対応する', en: 'Screen reader mode' },
  keyBar: { ja: 'キーの列を出す', en: 'Show the row of keys' },
  keyBarWhy: {
    ja: 'Esc や _ | ~ など、手もとのキーボードで打ちにくいキーです。',
    en: 'Esc, _ | ~ and others that a keyboard may lack.',
  },
  inputLine: { ja: '入力欄を出す', en: 'Show the input line' },
  inputLineWhy: {
    ja: '1行を書きあげてから送れます。日本語の変換も、いつもどおりです。',
    en: 'Write a whole line before it is sent, with your own keyboard and input method.',
  },
} as const;

export const LINE = {
  label: { ja: '入力欄', en: 'Input line' },
  placeholder: { ja: 'ここに書いて、Enter で送る', en: 'Write here, Enter sends' },
  send: { ja: '送る', en: 'Send' },
  show: { ja: '入力欄を出す', en: 'Show the input line' },
  hide: { ja: '入力欄をしまう', en: 'Hide the input line' },
  theirs: {
    ja: 'いまは{name}さんの番です。番が来たら、ここから送れます。',
    en: '{name} has the keyboard. You can send from here when it is your turn.',
  },
  nobody: {
    ja: 'キーボードを受け取ると、ここから送れます。',
    en: 'Take the keyboard to send from here.',
  },
  keys: { ja: '手もとにないキー', en: 'Keys your keyboard may lack' },
} as const satisfies Record<string, Text>;

/** Screen readers pass over signs, or call them by names that nobody types. What is missing says itself. */
export const KEY_NAMES: Readonly<Record<string, Text>> = {
  '↑': { ja: '上矢印', en: 'Up arrow' },
  '↓': { ja: '下矢印', en: 'Down arrow' },
  '←': { ja: '左矢印', en: 'Left arrow' },
  '→': { ja: '右矢印', en: 'Right arrow' },
  '|': { ja: '縦棒（パイプ）', en: 'Vertical bar (pipe)' },
  _: { ja: 'アンダースコア', en: 'Underscore' },
  '~': { ja: 'チルダ', en: 'Tilde' },
  '/': { ja: 'スラッシュ', en: 'Slash' },
  '-': { ja: 'ハイフン', en: 'Hyphen' },
  '"': { ja: '二重引用符', en: 'Double quote' },
  "'": { ja: '引用符', en: 'Single quote' },
  $: { ja: 'ドル記号', en: 'Dollar sign' },
  '`': { ja: 'バッククォート', en: 'Backquote' },
  '\\': { ja: 'バックスラッシュ', en: 'Backslash' },
  '&': { ja: 'アンパサンド', en: 'Ampersand' },
  '*': { ja: 'アスタリスク', en: 'Asterisk' },
  ';': { ja: 'セミコロン', en: 'Semicolon' },
  ':': { ja: 'コロン', en: 'Colon' },
  '<': { ja: '小なり', en: 'Less than' },
  '>': { ja: '大なり', en: 'Greater than' },
  '{': { ja: '始め波かっこ', en: 'Opening brace' },
  '}': { ja: '終わり波かっこ', en: 'Closing brace' },
  '[': { ja: '始め角かっこ', en: 'Opening bracket' },
  ']': { ja: '終わり角かっこ', en: 'Closing bracket' },
  PgUp: { ja: 'ページアップ', en: 'Page up' },
  PgDn: { ja: 'ページダウン', en: 'Page down' },
};

export const TRANSCRIPT = {
  title: { ja: 'コマンドの一覧', en: 'Commands' },
  show: { ja: 'コマンドの一覧を見る', en: 'List the commands' },
  hide: { ja: 'コマンドの一覧を閉じる', en: 'Close the list' },
  empty: {
    ja: 'まだコマンドを実行していません。実行すると、出力を文字でここから読めます。',
    en: 'No command has run yet. Once one has, its output can be read here as plain text.',
  },
  loading: { ja: '一覧を読み込んでいます。', en: 'The list is on its way.' },
  running: { ja: '実行中', en: 'Running' },
  success: { ja: '成功', en: 'Success' },
  failure: { ja: '失敗（終了コード {exit}）', en: 'Failed (exit status {exit})' },
  done: { ja: '終わりました', en: 'Ended' },
  output: { ja: '出力を読む', en: 'Read the output' },
  fullScreen: {
    ja: '画面全体を使ったコマンドです。中に出たものは、ここには残しません。',
    en: 'It used the whole screen. What it showed there is not kept here.',
  },
  noOutput: { ja: '出力はありません', en: 'No output' },
  truncated: { ja: '長いので、途中までです。', en: 'It is long; this is only a part of it.' },
  ended: { ja: '{line} が終わりました。{state}', en: '{line} has ended. {state}' },
  by: { ja: '{name}さん', en: '{name}' },
} as const satisfies Record<string, Text>;

export const ENDED = {
  exited: {
    ja: 'シェルは終わりました（終了コード {code}）。',
    en: 'The shell has ended (exit status {code}).',
  },
  signalled: { ja: 'シェルが強制終了しました（{signal}）。', en: 'The shell was stopped ({signal}).' },
  unknown: { ja: 'シェルは終わりました。', en: 'The shell has ended.' },
  kept: { ja: '答えと進み具合は残っています。', en: 'Your answers and progress are kept.' },
  again: { ja: 'もう一度始める', en: 'Start again' },
  wait: {
    ja: 'キーボードの人が、もう一度始められます。',
    en: 'Whoever holds the keyboard can start it again.',
  },
} as const satisfies Record<string, Text>;

export const HALF = {
  simple: { ja: '全角で「{typed}」と入りました。', en: 'Full-width “{typed}” was typed.' },
  repair: { ja: '半角にして入力し直す', en: 'Type it again in half width' },
  late: {
    ja: '画面がもう変わったので、入力し直せませんでした。',
    en: 'The screen has changed meanwhile; nothing was typed again.',
  },
  unsent: {
    ja: 'まだ送っていません。もう一度 Enter を押すと、このまま送ります。',
    en: 'It was not sent yet. Enter again sends it as it is.',
  },
} as const satisfies Record<string, Text>;
