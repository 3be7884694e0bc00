/** The drawer of the seat (練習環境): its frame. Each section has words of its own. */
import type { Lang } from '#protocol/errors.ts';

type Text = Readonly<Record<Lang, string>>;

export const SEAT = {
  title: { ja: '練習環境', en: 'Practice seat' },
  failed: {
    ja: '練習環境の画面を開けませんでした。つながりを確かめて、もう一度押してください。',
    en: 'The practice seat could not be shown. Check your connection and press again.',
  },
} as const satisfies Record<string, Text>;
