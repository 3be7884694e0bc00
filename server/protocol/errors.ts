/**
 * The one catalogue of refusals: code → HTTP status, close code, whether trying again can help, and
 * the sentences for the person. `{name}` in a sentence is filled by `say`.
 */
interface Entry {
  readonly status: number;
  /** WebSocket close code (4000–4999), where the refusal ends a connection. */
  readonly close?: number;
  readonly retryable: boolean;
  readonly ja: string;
  readonly en: string;
}

export const ERRORS = {
  'bad-request': {
    status: 400,
    close: 4400,
    retryable: false,
    ja: '送られた内容を読めませんでした。何も変わっていません。ページを読み直してください。',
    en: 'That request could not be read. Nothing was changed. Please reload the page.',
  },
  'name-needed': {
    status: 401,
    close: 4401,
    retryable: false,
    ja: 'シェルを使うには呼び名が要ります。名前を入れると始められます。',
    en: 'A shell needs a name. Enter one to begin.',
  },
  'bad-name': {
    status: 400,
    retryable: false,
    ja: '呼び名は1〜24文字で入れてください。',
    en: 'Please enter a name of 1 to 24 characters.',
  },
  forbidden: {
    status: 403,
    close: 4403,
    retryable: false,
    ja: 'この操作はいまの役割ではできません。何も変わっていません。',
    en: 'Your role does not allow that. Nothing was changed.',
  },
  'bad-origin': {
    status: 403,
    close: 4403,
    retryable: false,
    ja: '別のページからの接続なので断りました。土壌のアドレスから開き直してください。',
    en: 'The connection came from another page and was refused. Open Dojou by its own address.',
  },
  'link-spent': {
    status: 410,
    retryable: false,
    ja: 'このリンクはもう使えません。取り消されたか、期限が切れています。送ってくれた人に新しいリンクをもらってください。',
    en: 'This link no longer works: it was revoked or has expired. Ask whoever sent it for a new one.',
  },
  'code-unknown': {
    status: 404,
    retryable: false,
    ja: 'そのコードの部屋は見つかりません。6文字をもう一度たしかめてください。',
    en: 'No room has that code. Please check the six characters again.',
  },
  'ticket-spent': {
    status: 403,
    close: 4408,
    retryable: true,
    ja: '接続の切符が古くなりました。つなぎ直します。',
    en: 'The connection ticket is out of date. Connecting again.',
  },
  'not-found': {
    status: 404,
    close: 4404,
    retryable: false,
    ja: '見つかりません。アドレスが変わったか、消されています。',
    en: 'Not found. The address changed, or it was deleted.',
  },
  'too-many': {
    status: 429,
    close: 4429,
    retryable: true,
    ja: '短い間に何度も届きました。何も失われていません。少し待ってからもう一度どうぞ。',
    en: 'Too many requests in a short time. Nothing was lost. Please wait a moment and try again.',
  },
  'too-large': {
    status: 413,
    close: 4413,
    retryable: false,
    ja: '大きすぎるので受け取れませんでした。分けて送ってください。',
    en: 'That was too large to accept. Please send it in parts.',
  },
  'too-slow': {
    status: 408,
    close: 4410,
    retryable: true,
    ja: '返事がなかったので接続を切りました。シェルはそのままです。',
    en: 'There was no answer, so the connection was closed. Your shell is still here.',
  },
  'old-client': {
    status: 426,
    close: 4426,
    retryable: false,
    ja: '土壌が新しくなりました。ページを読み直してください。何も失われていません。',
    en: 'Dojou was updated. Please reload the page. Nothing was lost.',
  },
  'not-driver': {
    status: 403,
    retryable: false,
    ja: 'いまは{name}さんの番です。『次にやりたい』を押せます。',
    en: 'It is {name}’s turn now. You can press “I’d like to go next”.',
  },
  'nobody-drives': {
    status: 403,
    retryable: false,
    ja: 'いまは誰もキーボードを持っていません。『受け取る』を押すと始められます。',
    en: 'Nobody holds the keyboard right now. Press “Take the keyboard” to begin.',
  },
  watching: {
    status: 403,
    retryable: false,
    ja: 'いまは見るだけになっています。『参加する』を押すと、順番に入れます。',
    en: 'You are only watching at the moment. Press “Take part” to join the turns.',
  },
  'watch-link': {
    status: 403,
    retryable: false,
    ja: '見るだけのリンクで入っています。参加するには、参加用のリンクをもらってください。',
    en: 'You came by a watch-only link. Ask for a link to take part.',
  },
  'not-offered': {
    status: 409,
    retryable: false,
    ja: 'その受け渡しはもう終わっています。何も変わっていません。',
    en: 'That hand-over is already over. Nothing was changed.',
  },
  'not-here': {
    status: 409,
    retryable: false,
    ja: 'その人はいま部屋にいません。キーボードはそのままです。',
    en: 'That person is not in the room now. The keyboard stays where it is.',
  },
  'hold-on': {
    status: 409,
    retryable: true,
    ja: 'まだ{name}さんの番です。声をかけてから10秒たつと受け取れます。',
    en: 'It is still {name}’s turn. You can take over ten seconds after asking.',
  },
  'password-prompt': {
    status: 409,
    retryable: true,
    ja: 'パスワードの入力待ちなので、まだ渡せません。入力を終えてから渡してください。',
    en: 'A password prompt is open, so the keyboard stays. Finish it, then hand over.',
  },
  'keys-late': {
    status: 409,
    retryable: true,
    ja: '通信が止まっていたあいだに打った文字は、送っていません。もう一度打ってください。',
    en: 'The line stood still for a while. What was typed meanwhile was not sent; please type it again.',
  },
  composing: {
    status: 409,
    retryable: true,
    ja: '操作役が変換の途中なので、まだ渡せません。確定してから渡してください。',
    en: 'The driver is in the middle of a conversion, so the keyboard stays. Hand over once it is done.',
  },
  'terminals-full': {
    status: 409,
    retryable: true,
    ja: 'ターミナルは6つまで開けます。使っていないものを閉じてから開いてください。',
    en: 'Six terminals can be open at once. Close one that you do not need, then open another.',
  },
  'last-terminal': {
    status: 409,
    retryable: false,
    ja: '最後のターミナルは閉じられません。',
    en: 'The last terminal cannot be closed.',
  },
  'room-full': {
    status: 409,
    close: 4409,
    retryable: false,
    ja: 'この部屋は満員です。進行役に声をかけてください。',
    en: 'This room is full. Please tell the facilitator.',
  },
  'no-shells': {
    status: 503,
    retryable: false,
    ja: 'このサーバーではシェルを安全に動かせないので、始めません。読みものは使えます。',
    en: 'This server cannot run shells safely, so it starts none. The chapters can be read.',
  },
  'shell-failed': {
    status: 503,
    retryable: true,
    ja: 'シェルを始められませんでした。答えと進み具合は残っています。もう一度お試しください。',
    en: 'The shell could not be started. Your answers and progress are kept. Please try again.',
  },
  'shell-died': {
    status: 503,
    retryable: true,
    ja: '練習環境が止まりました。もう一度始められます。ホームは最後に保存したところから戻ります。',
    en: 'The practice seat has stopped. You can start it again. Its home comes back as it was last saved.',
  },
  'seats-full': {
    status: 503,
    retryable: true,
    ja: '一人が同時に使える練習環境は4つまでです。いまある部屋で続けるか、しばらくしてからもう一度お試しください。',
    en: 'One person can use four practice seats at the same time. Go on in a room that you have, or try again later.',
  },
  'no-seat': {
    status: 409,
    retryable: true,
    ja: 'シェルがまだ動いていません。始めると、ファイルも見られます。',
    en: 'No shell is running yet. Once it is, the files can be seen too.',
  },
  'file-missing': {
    status: 404,
    retryable: false,
    ja: 'そのファイルかフォルダーは、もうここにありません。消されたか、名前が変わっています。',
    en: 'That file or folder is no longer here. It was deleted or has another name.',
  },
  'file-exists': {
    status: 409,
    retryable: false,
    ja: '同じ名前のものが、もうあります。何も上書きしていません。別の名前をつけてください。',
    en: 'Something of that name is already here. Nothing was overwritten. Please choose another name.',
  },
  'file-changed': {
    status: 409,
    retryable: false,
    ja: '開いたあとで、ターミナル側でも変わっています。まだ何も上書きしていません。',
    en: 'It was changed in the terminal after you opened it. Nothing was overwritten.',
  },
  'file-kind': {
    status: 409,
    retryable: false,
    ja: 'ここで扱えるのは、ふつうのファイルとフォルダーだけです。リンクやパイプは、ターミナルから見てください。',
    en: 'Only ordinary files and folders can be used here. Please look at links and pipes in the terminal.',
  },
  'file-denied': {
    status: 403,
    retryable: false,
    ja: 'ファイルの権限で断られました。ターミナルの ls -l で権限を確かめて、chmod で変えられます。',
    en: 'The permissions of the file forbid that. In the terminal, ls -l shows them and chmod changes them.',
  },
  'file-name': {
    status: 400,
    retryable: false,
    ja: 'その名前は使えません。/ を除いた、255バイトまでの名前にしてください。',
    en: 'That name cannot be used. A name has no / and at most 255 bytes.',
  },
  'home-full': {
    status: 507,
    retryable: false,
    ja: 'ホームがいっぱいなので、保存できませんでした。元のファイルはそのままです。要らないものを消してから、もう一度どうぞ。',
    en: 'The home is full, so it was not saved. The file is as it was. Delete what you do not need, then try again.',
  },
  'files-failed': {
    status: 503,
    retryable: true,
    ja: 'ファイルを扱えませんでした。メモリーやプロセスの空きがないか、練習環境が止まりかけています。少し待ってから、もう一度どうぞ。',
    en: 'The files could not be reached: memory or processes may be used up, or the seat is stopping. Please wait a moment and try again.',
  },
  starting: {
    status: 409,
    retryable: true,
    ja: 'いまシェルを用意しています。始まってから、もう一度どうぞ。',
    en: 'The shell is being prepared. Please try again once it is there.',
  },
  resetting: {
    status: 409,
    retryable: true,
    ja: 'いま、やり直しの準備をしています。終わってからもう一度どうぞ。',
    en: 'Starting over is under way. Please try again once it is done.',
  },
  'point-gone': {
    status: 404,
    retryable: false,
    ja: 'その時点は、もう残っていません。何も変わっていません。ほかの時点を選んでください。',
    en: 'That saved point is no longer kept. Nothing was changed. Please choose another one.',
  },
  'fork-exists': {
    status: 409,
    retryable: true,
    ja: '自分用に分けた環境が、もう1つあります。新しく分けると、前のものは終わります。',
    en: 'You already have a practice seat of your own. A new one ends it.',
  },
  'lease-over': {
    status: 409,
    retryable: true,
    ja: '練習環境の時間が終わったので、保存して閉じました。ここからもう一度始められます。',
    en: 'The time of this practice seat is over. It was saved and closed. You can start it again here.',
  },
  'lease-most': {
    status: 409,
    retryable: false,
    ja: 'これ以上はのばせません。終わる前に、すべて保存します。',
    en: 'It cannot be extended any further. Everything is saved before it ends.',
  },
  'moved-on': {
    status: 409,
    close: 4412,
    retryable: false,
    ja: 'このラボは新しい値で始め直されました。ここに書いたものは残っています。つづきは新しい部屋でどうぞ。',
    en: 'This lab was started again with new values. What you wrote here is kept. Go on in the new room.',
  },
  'opened-elsewhere': {
    status: 409,
    retryable: true,
    ja: '別のラボでシェルを開いたので、ここのシェルは片付けました。ホームは残っています。ここでもう一度始められます。',
    en: 'You opened a shell in another lab, so this one was put away. Its home is kept. You can start it again here.',
  },
  'store-failed': {
    status: 503,
    retryable: true,
    ja: '保存できませんでした。この操作はなかったことになっています。もう一度お試しください。',
    en: 'It could not be saved, so it did not happen. Please try again.',
  },
  stopping: {
    status: 503,
    close: 4503,
    retryable: true,
    ja: 'サーバーが止まります。書いたものは保存しました。戻りしだいつなぎ直します。',
    en: 'The server is stopping. Your work is saved. Reconnecting when it is back.',
  },
  revoked: {
    status: 403,
    close: 4411,
    retryable: false,
    ja: 'この部屋に入れるリンクが取り消されました。進行役に声をかけてください。',
    en: 'The link to this room was revoked. Please tell the facilitator.',
  },
  internal: {
    status: 500,
    close: 4500,
    retryable: true,
    ja: 'こちらの不具合で止まりました。保存したものは残っています。もう一度お試しください。',
    en: 'Something broke on our side. What was saved is kept. Please try again.',
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;
export type Lang = 'ja' | 'en';

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** The sentence for the person; `{key}` is replaced from `values`. */
export function say(code: ErrorCode, lang: Lang, values: Readonly<Record<string, string>> = {}): string {
  return ERRORS[code][lang].replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');
}

/** The refusal that a close code stands for, or null for a close of the network's own. */
export function errorOfClose(close: number): ErrorCode | null {
  for (const code of Object.keys(ERRORS)) {
    if (isErrorCode(code) && 'close' in ERRORS[code] && ERRORS[code].close === close) return code;
  }
  return null;
}
