/** Every sentence of the live pages, in both languages; `{name}` is filled by `fill`. */
import type { Lang } from '#protocol/errors.ts';

type Text = Readonly<Record<Lang, string>>;

export const NAME = {
  label: { ja: '呼び名', en: 'What shall we call you?' },
  why: {
    ja: '登録はいりません。名前だけで始められます。',
    en: 'No sign-up. A name is enough to begin.',
  },
  start: { ja: '始める', en: 'Begin' },
  enter: { ja: '入る', en: 'Join' },
} as const satisfies Record<string, Text>;

export const GATE = {
  ready: { ja: 'シェルを始める', en: 'Start the shell' },
  readyWhy: {
    ja: '{name}さん専用の練習環境です。途中でやめても、明日ここから続けられます。',
    en: 'A practice place of your own, {name}. Stop at any time and go on from here tomorrow.',
  },
  starting: { ja: 'シェルを用意しています…', en: 'Starting your shell…' },
  connecting: { ja: '部屋につないでいます…', en: 'Connecting to the room…' },
  missing: { ja: 'ここではシェルを始められません', en: 'Shells cannot be started here' },
  missingRest: {
    ja: '本文はこのまま読めます。サーバーを動かしている人に、次のことを伝えてください。',
    en: 'You can read the text as it is. Please tell whoever runs this server:',
  },
  remedy: { ja: '直しかた', en: 'Remedy' },
  again: { ja: 'もう一度試す', en: 'Try again' },
  noLink: {
    ja: 'この部屋に入れるリンクがないか、取り消されています。進行役に声をかけてください。',
    en: 'You have no link to this room, or it was revoked. Please ask the facilitator.',
  },
  ended: { ja: '部屋から離れています', en: 'You are out of the room' },
  reload: { ja: '読み直す', en: 'Reload' },
} as const satisfies Record<string, Text>;

export const ROOM = {
  driver: { ja: 'キーボード', en: 'Keyboard' },
  navigator: { ja: 'ナビゲーター', en: 'Navigator' },
  adviser: { ja: '助言役', en: 'Adviser' },
  participant: { ja: '参加', en: 'Taking part' },
  watching: { ja: 'いまは見るだけ', en: 'Watching for now' },
  facilitator: { ja: '進行役', en: 'Facilitator' },
  you: { ja: '自分', en: 'you' },
  away: { ja: '席をはずしています', en: 'away' },
  asked: { ja: '次にやりたい', en: 'would like to go next' },
  nobody: { ja: '誰も持っていません', en: 'nobody holds it' },
  request: { ja: '次にやりたい', en: 'I’d like to go next' },
  withdraw: { ja: '取り下げる', en: 'Lower my hand' },
  give: { ja: '{name}さんに渡す', en: 'Hand over to {name}' },
  giveMenu: { ja: '渡す', en: 'Hand over' },
  giveTo: { ja: 'だれに渡しますか', en: 'Hand over to whom?' },
  giveNobody: {
    ja: '渡せる人がまだいません。リンクを送って来てもらうと、ここに名前が並びます。',
    en: 'Nobody is here to take it yet. Send a link, and names will appear here.',
  },
  note: { ja: 'ひとこと（なくても大丈夫です）', en: 'A word (may be empty)' },
  noteFirst: { ja: 'いま「{now}」まで。次は「{next}」です', en: 'We are at “{now}”. Next is “{next}”.' },
  noteLast: { ja: 'いま「{now}」です', en: 'We are at “{now}”.' },
  noteFrom: { ja: '{name}さんから: {note}', en: 'From {name}: {note}' },
  offered: {
    ja: '{name}さんがキーボードを渡そうとしています',
    en: '{name} would like to hand you the keyboard',
  },
  offering: { ja: '{name}さんの返事を待っています', en: 'Waiting for {name} to answer' },
  accept: { ja: '受け取る', en: 'Take it' },
  decline: { ja: 'いまはやめておく', en: 'Not now' },
  cancel: { ja: 'やめる', en: 'Cancel' },
  take: { ja: '受け取る', en: 'Take the keyboard' },
  takeOver: { ja: '進行役として受け取る', en: 'Take over as facilitator' },
  takeOverIn: { ja: 'あと{n}秒で受け取れます', en: 'You can take over in {n} s' },
  takeOverNow: { ja: 'いま受け取る', en: 'Take over now' },
  takeOverBy: {
    ja: '進行役の{name}さんが、まもなくキーボードを受け取ります。打ちかけのものを終えてください',
    en: '{name}, the facilitator, is about to take the keyboard. Please finish what you are typing.',
  },
  part: { ja: '参加のしかた', en: 'How you take part' },
  makeMob: { ja: 'モブにする', en: 'Make it a mob' },
  invite: { ja: '招く', en: 'Invite' },
  inviteTitle: { ja: 'この部屋に招く', en: 'Invite to this room' },
  inviteCode: { ja: 'コード', en: 'Code' },
  inviteCodeWhy: {
    ja: '{host}/code/ で、この6文字を入れます',
    en: 'Type these six characters at {host}/code/',
  },
  inviteTake: { ja: '参加するリンク', en: 'Link to take part' },
  inviteWatch: { ja: '見るだけのリンク', en: 'Link to watch only' },
  inviteUntil: { ja: '{when}まで使えます', en: 'Good until {when}' },
  inviteManage: { ja: 'リンクの一覧と取り消し', en: 'All links, and revoking them' },
  qr: { ja: '参加するリンクの QR コード', en: 'QR code of the link to take part' },
  loopback: { ja: 'この PC からだけ入れます', en: 'Only this computer can get in' },
  loopbackWhy: {
    ja: 'サーバーが、この PC の中だけで待っています。ほかの人を招くには、DOJOU_HOST を 0.0.0.0 に、DOJOU_URL を https のアドレスにして、始め直してください。TLS がないときは、DOJOU_INSECURE_LAN=1 も要ります。',
    en: 'The server listens on this computer alone. To invite others, start it again with DOJOU_HOST=0.0.0.0 and DOJOU_URL set to its https address. Without TLS, DOJOU_INSECURE_LAN=1 is needed too.',
  },
  copy: { ja: 'コピー', en: 'Copy' },
  copied: { ja: 'コピーしました', en: 'Copied' },
  copyByHand: {
    ja: 'このブラウザーではコピーできません。選択してあるので、Ctrl+C か長押しでどうぞ。',
    en: 'This browser cannot copy for us. The text is selected: press Ctrl+C, or hold it.',
  },
  close: { ja: '閉じる', en: 'Close' },
  startTurns: { ja: '7分の番を始める', en: 'Start 7-minute turns' },
  stopTurns: { ja: '番をやめる', en: 'Stop turns' },
  extend: { ja: '+2分', en: '+2 min' },
  left: { ja: '残り', en: 'left' },
  soft: { ja: 'きりのいいところで交代', en: 'Hand over when it suits you' },
  over: { ja: '次の人に渡しましょう', en: 'Time to hand over' },
  keys: { ja: 'キーの一覧', en: 'Keys' },
  awayTake: {
    ja: '{name}さんは席をはずしています。『受け取る』を押すと、キーボードを持てます。',
    en: '{name} is away. Press “Take the keyboard” to have it.',
  },
  waiting: {
    ja: '手を挙げています。順番が来るまでお待ちください。',
    en: 'Your hand is up. Please wait for your turn.',
  },
  alone: {
    ja: 'いまはひとりです。『モブにする』で人を招けます。',
    en: 'You are alone now. “Make it a mob” lets you invite others.',
  },
  nowDriver: { ja: 'いまのキーボードは{name}さんです', en: '{name} has the keyboard now' },
  nowYou: { ja: 'キーボードがあなたに渡りました', en: 'The keyboard is yours now' },
  nowNobody: { ja: 'いまは誰もキーボードを持っていません', en: 'Nobody holds the keyboard now' },
  someoneAsked: { ja: '{name}さんが次にやりたいそうです', en: '{name} would like to go next' },
  san: { ja: '{name}さん', en: '{name}' },
} as const satisfies Record<string, Text>;

export const BENCH = {
  practice: { ja: 'これは練習用の AWS です', en: 'This is a practice AWS' },
  real: { ja: '本物の AWS アカウントです', en: 'This is a real AWS account' },
  rights: { ja: 'わたしにできること', en: 'What I may do' },
  whoAmI: { ja: 'わたしはだれか', en: 'Who I am' },
  nobody: { ja: 'いまは誰も認証情報を持っていません', en: 'Nobody holds credentials now' },
  account: { ja: 'アカウント', en: 'Account' },
  region: { ja: 'リージョン', en: 'Region' },
  role: { ja: 'ロール', en: 'Role' },
  until: { ja: '期限', en: 'Until' },
  noEnd: { ja: 'なし（練習用）', en: 'none (practice)' },
  may: { ja: 'できること', en: 'What you may do' },
  elseDenied: {
    ja: 'これ以外は断られます。壊す心配はありません。',
    en: 'Everything else is refused. You cannot break anything.',
  },
  masked: {
    ja: 'この認証情報が画面に出たら、見ている人には * で隠します。形を変えて出したものまでは隠せません。',
    en: 'Where these credentials appear on the screen, watchers see asterisks. What a program prints in another form cannot be hidden.',
  },
  denied: { ja: '{action} は断られました', en: '{action} was refused' },
  deniedClose: { ja: '知らせを消す', en: 'Dismiss this notice' },
  deniedWhy: { ja: 'わけを見る', en: 'See why' },
  message: { ja: 'AWS の返事', en: 'What AWS said' },
  why: { ja: 'なぜ', en: 'Why' },
  scaled: {
    ja: '{name}さんが操作しています（画面は{cols}×{rows}）',
    en: '{name} drives ({cols}×{rows})',
  },
  adopt: { ja: 'この画面の大きさにする', en: 'Use my screen’s size' },
  same: { ja: 'シェルはそのままです', en: 'The shell is as it was' },
  offline: {
    ja: 'つながりが切れました。つなぎ直しています。保存したものは残っています',
    en: 'Connection lost. Coming back. What was saved is kept',
  },
  notOffline: {
    ja: 'つながりが切れているので、いまは実行できません',
    en: 'Not while the connection is lost',
  },
  notClosed: {
    ja: 'シェルが動いていないので、いまは実行できません',
    en: 'Not while no shell is running',
  },
  paste: {
    ja: '貼り付けは Ctrl+Shift+V（Mac は ⌘V）です',
    en: 'To paste, press Ctrl+Shift+V (⌘V on a Mac)',
  },
  reopened: {
    ja: 'シェルを開き直しました。{when}に保存したところから続けます',
    en: 'The shell was opened again, as it was saved at {when}',
  },
  reopenedFresh: {
    ja: 'シェルを開き直しました。答えと進み具合は残っています',
    en: 'The shell was opened again; answers and progress are kept',
  },
  gap: {
    ja: 'ここまでの出力の一部は、この画面には残っていません',
    en: 'Some earlier output is not on this screen',
  },
  bigger: { ja: '文字を大きく', en: 'Larger text' },
  smaller: { ja: '文字を小さく', en: 'Smaller text' },
  fullWidth: {
    ja: '全角の文字が入りました。日本語入力を切ると、半角で打てます。',
    en: 'Full-width characters were typed. Switch the input method off to type plain ones.',
  },
  openLink: { ja: '別のタブで開きますか', en: 'Open this in another tab?' },
  open: { ja: '開く', en: 'Open' },
  leave: { ja: 'F6 でターミナルから出ます', en: 'F6 leaves the terminal' },
  copied: { ja: 'コピーしました', en: 'Copied' },
  yours: { ja: '打てます', en: 'You can type' },
  closed: { ja: 'シェルは動いていません', en: 'No shell is running' },
} as const satisfies Record<string, Text>;

export const TASK = {
  pending: { ja: '未', en: 'Not yet' },
  pass: { ja: 'できました', en: 'Done' },
  fail: { ja: 'もう少し', en: 'Almost' },
  error: { ja: '確認できません', en: 'Cannot check' },
  timeout: { ja: '確認できません', en: 'Cannot check' },
  ourFault: {
    ja: 'こちらの都合で確かめられませんでした。答えのせいではありません。少し待ってから、もう一度どうぞ。',
    en: 'We could not check it; this is not about your answer. Please wait a moment and try again.',
  },
  by: { ja: '{name}さん', en: 'by {name}' },
  hint: { ja: 'ヒントを見る', en: 'Show a hint' },
  hintNext: { ja: '次のヒント', en: 'Another hint' },
  hintLabel: { ja: 'ヒント', en: 'Hint' },
  stepCount: { ja: '{passed}/{tasks}', en: '{passed}/{tasks}' },
  allDone: { ja: '全部できました', en: 'All done' },
  again: { ja: '新しい値でもう一度', en: 'Once more, with new values' },
  againWhat: {
    ja: '新しい値で始めます。いまの部屋の答えは残りますが、シェルは新しい部屋に移ります。',
    en: 'This begins with new values. Your answers here are kept; the shell moves to the new room.',
  },
  againYes: { ja: '始める', en: 'Begin' },
  justPassed: { ja: '「{title}」ができました', en: 'Done: {title}' },
  next: { ja: '次のステップへ', en: 'On to the next step' },
  nextWhy: { ja: 'ここまでできました。', en: 'This step is done.' },
} as const satisfies Record<string, Text>;

export const JOIN = {
  nameFor: {
    owner: {
      ja: 'あなたがこの土壌の持ち主になります。呼び名を決めてください。',
      en: 'You will be the owner of this Dojou. Please choose a name.',
    },
    team: {
      ja: 'チームに招かれています。呼び名を決めてください。',
      en: 'You are invited to the team. Please choose a name.',
    },
    'room-take-part': {
      ja: '部屋に招かれています。参加して、順番にキーボードを持てます。',
      en: 'You are invited to a room, to take part and to have the keyboard in turn.',
    },
    'room-watch': {
      ja: '部屋に招かれています。見るだけなので、急に順番は回ってきません。',
      en: 'You are invited to a room, to watch. No turn will come to you by surprise.',
    },
  },
  ownerTitle: { ja: '土壌をひらく', en: 'Open Dojou' },
  noSecret: {
    ja: 'リンクが途中で切れています。何も使われていません。送ってくれた人の画面から、全体をもう一度コピーしてください。',
    en: 'The link is cut short. Nothing was spent. Please copy all of it again.',
  },
  byCode: { ja: 'コードで入る', en: 'Enter by code' },
  home: { ja: '入口へ', en: 'To the front page' },
  again: { ja: 'もう一度試す', en: 'Try again' },
  wait: { ja: '部屋に入っています…', en: 'Joining…' },
  codeLabel: { ja: '6文字のコード', en: 'Six-character code' },
  codeBad: {
    ja: '6文字になっていないか、使わない文字が入っています。0、1、I、L、O、U は使いません。もう一度たしかめてください。',
    en: 'That is not six characters, or has one that we do not use (0, 1, I, L, O, U). Please check it again.',
  },
} as const;

export const MAP = {
  who: { ja: 'いまできる人', en: 'Who can do it now' },
  infra: { ja: 'インフラの知識', en: 'Infrastructure knowledge' },
  chore: { ja: '運用作業', en: 'Chore' },
  'only-me': { ja: '自分だけ', en: 'Only me' },
  'others-too': { ja: 'ほかにもいる', en: 'Others too' },
  needed: { ja: 'いる', en: 'Needed' },
  'not-needed': { ja: 'いらない', en: 'Not needed' },
  saving: { ja: '保存しています…', en: 'Saving…' },
  saved: { ja: '保存しました', en: 'Saved' },
  add: { ja: '作業を足す', en: 'Add a chore' },
  addLabel: { ja: 'ここにない作業', en: 'A chore that is missing here' },
  remove: { ja: '消す', en: 'Remove' },
  removed: { ja: '「{name}」を消しました', en: 'Removed “{name}”' },
  undo: { ja: '元に戻す', en: 'Undo' },
  focus: { ja: 'いまの焦点（仮）', en: 'Our focus for now' },
  focusWhy: {
    ja: '次に2人目を増やしたい作業を、1つだけ選びます。仮なので、日が来たら見直します。',
    en: 'Choose one chore that needs a second pair of hands. It is for now: look at it again on the day.',
  },
  focusText: { ja: '何ができるようになるとよいか', en: 'What should become possible?' },
  focusExample: {
    ja: '例: ログ調査を、もうひとりができる',
    en: 'For example: one more person can search the logs',
  },
  focusChore: { ja: 'どの作業か', en: 'Which chore' },
  focusNone: { ja: '選ばない', en: 'None of them' },
  reviewOn: { ja: '見直す日', en: 'Look at it again on' },
  focusSave: { ja: '焦点を保存する', en: 'Save the focus' },
  focusBy: { ja: '{name}さんが{when}に書きました', en: 'Written by {name}, {when}' },
  answered: { ja: '{tasks}行のうち{passed}行を選びました', en: '{passed} of {tasks} rows are done' },
  suggest: {
    ja: '「自分だけ」は {n} 行です。次は、その中から焦点を1つ選びます。',
    en: '“Only me” stands in {n} rows. Next, choose one of them as the focus.',
  },
  shared: {
    ja: 'この地図は、チームみんなで1枚です。「自分だけ」は、「答えた人だけができる」という意味です。',
    en: 'The whole team shares this one map. “Only me” means that only the person who answered can do it.',
  },
  clear: { ja: '選んだものをもう一度押すと、選ぶ前に戻ります。', en: 'Press a choice again to clear it.' },
  look: { ja: '見るだけなら名前はいりません。', en: 'Looking needs no name. ' },
  needLink: {
    ja: '書きこめるのは、チームのリンクで入った人と持ち主です。チームのリンクをもらってください。',
    en: 'Those who came by a team link, and the owner, can write here. Please ask for a team link.',
  },
  past: { ja: '今日か、これから来る日を選んでください。', en: 'Please choose today or a day to come.' },
  notRanking: { ja: '人事評価には使いません。', en: 'None of this is used to appraise people.' },
} as const satisfies Record<string, Text>;

export const TEAM = {
  me: { ja: '自分', en: 'You' },
  rename: { ja: '呼び名を変える', en: 'Change your name' },
  signOut: { ja: 'この端末から出る', en: 'Sign out here' },
  signOutSure: {
    ja: '{name}さんとして、この端末から出ますか。もう一度入るには、招待リンクが要ります。進み具合は残ります。',
    en: 'Sign out {name} on this device? To come back you need an invite link. Your progress is kept.',
  },
  role: {
    owner: { ja: '持ち主', en: 'Owner' },
    member: { ja: 'チームの人', en: 'Member' },
    guest: { ja: 'ゲスト', en: 'Guest' },
  },
  teamLink: { ja: 'チームに招くリンク', en: 'Link to join the team' },
  teamLinkWhy: {
    ja: 'このリンクで入った人は、チームの人になります。自分のラボを始め、部屋をひらけます。',
    en: 'Whoever comes by this link becomes a member, with labs and rooms of their own.',
  },
  make: { ja: 'リンクを作る', en: 'Make a link' },
  roomLinks: { ja: '部屋のリンク', en: 'Links to rooms' },
  roomLinksEmpty: {
    ja: 'まだありません。進行役をしている部屋があると、ここでリンクを作れます。ラボをひらいて「モブにする」を押すと、部屋ができます。',
    en: 'None yet. When you lead a room, you can make links to it here. Open a lab and press “Make it a mob”.',
  },
  take: { ja: '参加するリンク', en: 'Link to take part' },
  watch: { ja: '見るだけのリンク', en: 'Link to watch only' },
  uses: { ja: '使われた回数 {n}', en: 'Used {n} times' },
  until: { ja: '{when}まで', en: 'until {when}' },
  expired: { ja: '期限が切れました', en: 'expired' },
  revoke: { ja: '取り消す', en: 'Revoke' },
  revokeSure: {
    ja: '「{what}」を取り消しますか。このリンクで入った人は、すぐに入れなくなります。',
    en: 'Revoke “{what}”? Whoever came by it loses access at once.',
  },
  revokeTeam: {
    ja: '「{what}」を取り消しますか。このリンクでは、もう入れなくなります。すでに入った人は、チームの人のままです。',
    en: 'Revoke “{what}”? Nobody can join by it any more. Those who already did stay in the team.',
  },
  revokeYes: { ja: '取り消す', en: 'Revoke it' },
  keep: { ja: 'そのままにする', en: 'Keep it' },
  notOwner: {
    ja: 'チームへの招待は、持ち主が作ります。あなたは、自分が進行役の部屋に人を招けます。',
    en: 'The owner makes invitations to the team. You can invite people to rooms that you lead.',
  },
  nobody: {
    ja: 'リンクを作るには呼び名が要ります。持ち主や招かれた人は、もらったリンクから入ってください。',
    en: 'Links need a name. If you are the owner or were invited, please come in by your link.',
  },
  labs: { ja: 'ラボの一覧へ', en: 'To the labs' },
  makeTake: { ja: '参加するリンクを作る', en: 'Make a link to take part' },
  makeWatch: { ja: '見るだけのリンクを作る', en: 'Make a watch-only link' },
  saved: { ja: '呼び名を保存しました', en: 'Your name is saved' },
} as const;
