/** Checks: pure functions from what was answered, or what the world saw, to one report. */
import type { Assertion, TaskReport } from '#protocol/report.ts';
import { fill, type Lab, type Task, type Vars } from '../../labs/schema.ts';
import type { Call } from '../aws/practice/world.ts';

type AnswerCheck = Extract<Task['check'], { answer: unknown }>['answer'];
type LedgerCheck = Extract<Task['check'], { ledger: unknown }>['ledger'];

/** Null when the lab has no such task, or when it is not one that is answered. */
export function checkAnswer(
  lab: Lab,
  taskId: string,
  typed: string,
  vars: Vars,
  version: string,
): TaskReport | null {
  const task = findTask(lab, taskId);
  if (task === undefined || !('answer' in task.check)) return null;
  return report([judge(task.check.answer, typed, vars)], version);
}

/** The tasks that this call passes. */
export function tasksPassedBy(lab: Lab, call: Call): readonly string[] {
  return lab.steps
    .flatMap((step) => step.tasks)
    .filter((task) => 'ledger' in task.check && matches(task.check.ledger, call))
    .map((task) => task.id);
}

export function passedByLedger(call: Call, version: string): TaskReport {
  return report([{ name: call.action, status: 'pass', say: null, expected: null, actual: null }], version);
}

function judge(check: AnswerCheck, typed: string, vars: Vars): Assertion {
  const actual = normalise(typed, check.normalise);
  const equal = (template: string) => actual === normalise(fill(template, vars), check.normalise);
  // What was expected never leaves the server: it is the answer.
  const assertion = { name: 'answer', expected: null, actual: typed };
  if (equal(check.equals)) return { ...assertion, status: 'pass', say: null };
  const rule = check.wrong.find((wrong) =>
    wrong.equals !== undefined
      ? equal(wrong.equals)
      : normalise(typed, 'text').includes(normalise(fill(wrong.contains ?? '', vars), 'text')),
  );
  return { ...assertion, status: 'fail', say: (rule ?? check).say };
}

function normalise(typed: string, how: AnswerCheck['normalise']): string {
  const folded = typed.normalize('NFKC').trim().toLowerCase();
  if (how === 'text') return folded.replace(/^["'「『]+|["'」』、。,]+$/g, '');
  const digits = /-?\d+/.exec(folded)?.[0];
  return digits === undefined ? folded : String(Number(digits));
}

function matches(check: LedgerCheck, call: Call): boolean {
  return call.action === check.call && call.by === check.by && call.outcome === check.outcome;
}

function report(assertions: readonly Assertion[], checkVersion: string): TaskReport {
  const failed = assertions.some((assertion) => assertion.status === 'fail');
  return { status: failed ? 'fail' : 'pass', assertions, ms: 0, checkVersion };
}

export function findTask(lab: Lab, id: string): Task | undefined {
  return lab.steps.flatMap((step) => step.tasks).find((task) => task.id === id);
}
