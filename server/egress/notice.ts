import type { EgressConnection } from '#protocol/seat.ts';

export type Refused = Exclude<EgressConnection['outcome'], 'open' | 'closed' | 'too-many'>;

/**
 * What is said in the terminals when a connection is refused, since most programs show a number alone: in
 * both languages, for all who look. Null where the program itself can show our answer.
 */
export function noticeOf(host: string, port: number, outcome: Refused): string | null {
  const place = `${host}:${port}`;
  switch (outcome) {
    case 'not-listed':
      return `土壌: ${place} は、このラボから出られる先にありません。 / Dojou: this lab does not list ${place}.`;
    case 'forbidden-address':
      return `土壌: ${place} は社内や手元、または予約されたアドレスなので、つなぎません。 / Dojou: ${place} is a private, local or reserved address.`;
    case 'unreachable':
      return `土壌: ${place} に届きませんでした。 / Dojou: ${place} could not be reached.`;
    case 'bad-request':
      return null;
  }
}
