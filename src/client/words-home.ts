/** What the front page says once the server has answered. */
export const HOME = {
  realAccount: {
    ja: 'いまは本物の AWS アカウントにつながっています。打ったコマンドは、そのまま実行されます。',
    en: 'A real AWS account is connected now. What you type is carried out.',
  },
  ownTerminal: {
    ja: 'いまはシェルが隔離されていません。打ったコマンドは、このサーバーでそのまま実行されます。',
    en: 'Shells are not isolated now. What you type runs on this server itself.',
  },
  mob: { ja: 'モブの部屋', en: 'Mob room' },
  alone: { ja: 'ひとりで', en: 'Alone' },
  progress: { ja: '課題 {passed} / {tasks}', en: '{passed} of {tasks} tasks' },
  lookAgain: { ja: '{day}に見直します', en: 'To look at again on {day}' },
  openMap: { ja: '地図をひらく', en: 'Open the map' },
} as const;
