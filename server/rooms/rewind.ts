/** A room's way back: points saved when asked for and when a step is done, and starting over, with seat, terminals and step. */
import type { ErrorCode } from '#protocol/errors.ts';
import type { RoomState } from '#protocol/room-state.ts';
import type { LoadedLab } from '../labs/loader.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Lives, type LivesDeps } from '../seats/lives.ts';
import type { Attempt, PointRecord, PointStore } from '../store/store.ts';
import type { Desk } from './desk.ts';

/** On the shared screen, so in both languages. */
const STARTED_OVER = 'ここから、もう一度始まります。 / It begins again from here.';

export interface RewindDeps {
  readonly points: PointStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: LivesDeps['tell'];
  readonly state: () => RoomState;
  readonly desk: () => Desk;
}

interface Rewound {
  readonly attempt: Attempt;
  readonly lab: LoadedLab;
  readonly points: readonly PointRecord[];
}

export class Rewind {
  readonly #deps: RewindDeps;
  readonly #rewound: Pick<Rewound, 'attempt' | 'lab'>;
  readonly #lives: Lives;

  constructor(deps: RewindDeps, rewound: Rewound) {
    this.#deps = deps;
    this.#rewound = rewound;
    this.#lives = new Lives({ ...deps, attempt: rewound.attempt.id }, rewound.points);
  }

  /** Home and world as they are now, to come back to. */
  async savePoint(): Promise<ErrorCode | null> {
    if (this.#rewound.attempt.endedAt !== null) return 'moved-on';
    return this.#save('asked', this.#deps.state().step);
  }

  /** With it, all tasks of a step may have passed. */
  async taskPassed(task: string): Promise<void> {
    const { tasks } = this.#deps.state();
    const step = this.#rewound.lab.facts.steps.find((each) => each.tasks.some(({ id }) => id === task));
    const done = step?.tasks.every(({ id }) => tasks[id]?.report.status === 'pass') === true;
    if (step !== undefined && done) await this.#save('step', step.id);
  }

  /** Home, world and step go back to a point, or with null to the beginning. `goTo` turns the page. */
  async reset(point: string | null, goTo: (step: string) => Promise<unknown>): Promise<ErrorCode | null> {
    const { attempt, lab } = this.#rewound;
    if (attempt.endedAt !== null) return 'moved-on';
    const first = lab.facts.steps[0]?.id ?? '';
    const step = this.#lives.points.find(({ id }) => id === point)?.step ?? first;
    const { desk, state } = this.#deps;
    const refused = await this.#lives.reset(point, state().step, (change) =>
      desk().restart(change, STARTED_OVER),
    );
    if (refused === null) await goTo(step);
    return refused;
  }

  #save(why: 'asked' | 'step', step: string): Promise<ErrorCode | null> {
    return this.#lives.save(why, step, async () => this.#deps.desk().seat?.save());
  }
}
