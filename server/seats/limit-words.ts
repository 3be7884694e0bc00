import type { LimitKind } from '#protocol/seat.ts';
import type { SeatSpec } from './seat-spec.ts';

/**
 * What is said in the terminals when a limit is hit: in both languages, since all who look at a shared
 * screen see the same. Null: no terminal is left to say it in.
 */
export function limitWords(kind: LimitKind, { memoryMiB, pids, homeMiB }: SeatSpec['limits']): string | null {
  switch (kind) {
    case 'memory':
      return `土壌: メモリーの上限（${memoryMiB} MiB）に届いたので、プログラムを終わらせました。 / Dojou: memory was full (${memoryMiB} MiB), so a program was ended.`;
    case 'memory-files':
      return '土壌: プログラムを終わらせても、メモリーがいっぱいのままです。ファイルを消すか、はじめからやり直すと空きます。 / Dojou: memory is still full. Delete files, or start over.';
    case 'processes':
      return `土壌: プロセスの数が上限（${pids}）に届いたので、新しいプログラムを始められませんでした。 / Dojou: all ${pids} processes are taken, so a program could not start.`;
    case 'home':
      return `土壌: ホームがいっぱい（${homeMiB} MiB）です。使わないファイルを消すと、また書けます。 / Dojou: the home is full (${homeMiB} MiB). Delete files that you do not need.`;
    case 'tmp':
      return '土壌: /tmp がいっぱいです。使わないファイルを消すと、また書けます。 / Dojou: /tmp is full. Delete files that you do not need.';
    case 'output':
      return '土壌: 見ている人がいないあいだに出力が続いたので、ゆっくり進めています。 / Dojou: output went on while nobody looked, so it is slowed down.';
    case 'terminals':
    case 'agent':
      return null;
  }
}
