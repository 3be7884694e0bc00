/** What of a lab's tasks has been done: typed answers, and calls that the world has seen. */
import type { ErrorCode } from '#protocol/errors.ts';
import type { PersonId } from '#protocol/ids.ts';
import { ANSWER_LENGTH } from '#protocol/limits.ts';
import type { Op, RoomState } from '#protocol/room-state.ts';
import type { Call } from '../aws/practice/world.ts';
import { checkAnswer, passedByLedger, tasksPassedBy } from '../labs/checks.ts';
import type { LoadedLab } from '../labs/loader.ts';
import type { Attempt, Store } from '../store/store.ts';

export interface GradingRoom {
  state(): RoomState;
  commit(op: Op, by: PersonId | null): Promise<ErrorCode | null>;
}

interface Graded {
  readonly attempt: Attempt;
  readonly lab: LoadedLab;
  readonly answers: Readonly<Record<string, string>>;
}

export class Grading {
  readonly #graded: Graded;
  readonly #attempts: Pick<Store['attempts'], 'setAnswer'>;
  readonly #room: GradingRoom;
  #answers: Readonly<Record<string, string>>;

  constructor(graded: Graded, attempts: Pick<Store['attempts'], 'setAnswer'>, room: GradingRoom) {
    this.#graded = graded;
    this.#attempts = attempts;
    this.#room = room;
    this.#answers = graded.answers;
  }

  /** What was typed last into each field. */
  get answers(): Readonly<Record<string, string>> {
    return this.#answers;
  }

  /** Keeps it, then judges it. Rejects when it could not be kept. */
  async answer(person: PersonId, task: string, value: string): Promise<ErrorCode | null> {
    const { lab, attempt } = this.#graded;
    const typed = value.slice(0, ANSWER_LENGTH);
    const report = checkAnswer(lab.facts, task, typed, attempt.vars, lab.version);
    if (report === null) return 'bad-request';
    await this.#attempts.setAnswer(attempt.id, task, typed);
    this.#answers = { ...this.#answers, [task]: typed };
    return this.#room.commit({ type: 'task', task, report }, person);
  }

  /** Passes the tasks that this call shows to be done. */
  async look(call: Call): Promise<void> {
    const { lab } = this.#graded;
    for (const task of tasksPassedBy(lab.facts, call)) {
      const { tasks, members } = this.#room.state();
      if (tasks[task]?.report.status === 'pass') continue;
      // The world knows who signed: credit goes to that person, even if the keyboard has moved on.
      const by = call.sourceIdentity !== null && call.sourceIdentity in members ? call.sourceIdentity : null;
      await this.#room.commit({ type: 'task', task, report: passedByLedger(call, lab.version) }, by);
    }
  }
}
