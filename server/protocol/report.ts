/** What a check says, whatever its kind: one shape for server, browser and `lab test`. */
import type { Lang } from './errors.ts';

export type Text = Readonly<Record<Lang, string>>;

export interface TaskReport {
  /** `error` and `timeout` are our fault, never "wrong". */
  readonly status: 'pending' | 'pass' | 'fail' | 'error' | 'timeout';
  readonly assertions: readonly Assertion[];
  /** How long the check took. */
  readonly ms: number;
  readonly checkVersion: string;
}

export interface Assertion {
  readonly name: string;
  readonly status: 'pass' | 'fail';
  /** The author's sentence: what to look at. */
  readonly say: Text | null;
  readonly expected: string | null;
  readonly actual: string | null;
}

export const PENDING: TaskReport = { status: 'pending', assertions: [], ms: 0, checkVersion: '' };

/** The first failing sentence in authored order, or null. */
export function firstSentence(report: TaskReport, lang: Lang): string | null {
  const failing = report.assertions.find((assertion) => assertion.status === 'fail');
  return failing?.say?.[lang] ?? null;
}
