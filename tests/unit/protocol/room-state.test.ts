import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '#protocol/apply.ts';
import { HAND_OVER_MS, MINUTE, TAKE_OVER_GRACE_MS, TURN_MS } from '#protocol/limits.ts';
import { type Entry, newRoom, type Op, type RoomState } from '#protocol/room-state.ts';
import { suggestedNext } from '#protocol/rotation.ts';

const [ann, ben, cho, dee] = [
  'aaaaaaaaaaaaaaaa',
  'bbbbbbbbbbbbbbbb',
  'cccccccccccccccc',
  'dddddddddddddddd',
] as const;
const START = 1_000_000;

function empty(): RoomState {
  return newRoom({
    id: 'rrrrrrrrrrrrrrrr',
    lab: 'lab',
    attempt: 'tttttttttttttttt',
    facilitator: ann,
    step: 'one',
    tasks: {},
  });
}

/** Applies ops that must succeed. */
function settled(
  state: RoomState,
  ...steps: readonly (readonly [by: string | null, op: Op, at?: number])[]
): RoomState {
  return steps.reduce((now, [by, op, at = START]) => {
    const applied = apply(now, { op, by, at });
    if (!applied.ok) throw new Error(`${op.type} was rejected: ${applied.rejected}`);
    return applied.state;
  }, state);
}

function rejection(state: RoomState, by: string, op: Op, at = START) {
  const applied = apply(state, { op, by, at });
  return applied.ok ? 'accepted' : applied.rejected;
}

const joins = (name: string, mayTakePart = true): Op => ({
  type: 'joined',
  name,
  mayTakePart,
  watching: !mayTakePart,
});
const here: Op = { type: 'connections', count: 1 };

/** Ann drives, Ben and Cho take part, Dee came by a watch-only link. */
function mob(): RoomState {
  return settled(
    empty(),
    [ann, joins('安')],
    [ann, here],
    [ben, joins('弁')],
    [ben, here],
    [cho, joins('千代')],
    [cho, here],
    [dee, joins('出', false)],
    [dee, here],
    [ann, { type: 'make-mob' }],
  );
}

describe('who holds the keyboard', () => {
  it('ROOM-2 the first who may take part begins with it', () => {
    expect(settled(empty(), [ann, joins('安')]).keyboard).toMatchObject({ driver: ann, epoch: 1 });
    expect(settled(empty(), [dee, joins('出', false)]).keyboard.driver).toBeNull();
  });

  it('ROOM-4 gives at once to who asked, and makes the last driver the navigator', () => {
    const given = settled(
      mob(),
      [ben, { type: 'request' }],
      [ann, { type: 'give', to: ben, note: '一覧まで' }],
    );
    expect(given.keyboard).toMatchObject({ driver: ben, navigator: ann, epoch: 2, note: '一覧まで' });
    expect(given.requests).toEqual([]);
  });

  it('ROOM-4 offers to who did not ask, and waits for an answer', () => {
    const offered = settled(mob(), [ann, { type: 'give', to: ben, note: null }]);
    expect(offered.keyboard.driver).toBe(ann);
    expect(rejection(offered, cho, { type: 'accept' })).toBe('not-offered');
    expect(settled(offered, [ben, { type: 'decline' }]).offer).toBeNull();
    expect(settled(offered, [ben, { type: 'accept' }]).keyboard.driver).toBe(ben);
  });

  it('ROOM-4 neither a bystander gives, nor does a watcher or an absent person receive', () => {
    const state = mob();
    expect(rejection(state, ben, { type: 'give', to: cho, note: null })).toBe('forbidden');
    expect(rejection(state, ann, { type: 'give', to: dee, note: null })).toBe('forbidden');
    const away = settled(state, [ben, { type: 'connections', count: 0 }]);
    expect(rejection(away, ann, { type: 'give', to: ben, note: null })).toBe('not-here');
  });

  it('ROOM-5 is taken only when its driver is away', () => {
    expect(rejection(mob(), ben, { type: 'take' })).toBe('not-driver');
    const away = settled(mob(), [ann, { type: 'connections', count: 0 }]);
    expect(rejection(away, dee, { type: 'take' })).toBe('watch-link');
    expect(settled(away, [ben, { type: 'take' }]).keyboard.driver).toBe(ben);
  });

  it('ROOM-5 the facilitator takes over after a grace of ten seconds', () => {
    const drives = settled(mob(), [ben, { type: 'request' }], [ann, { type: 'give', to: ben, note: null }]);
    expect(rejection(drives, cho, { type: 'take-over' })).toBe('forbidden');
    const announced = settled(drives, [ann, { type: 'take-over' }]);
    expect(rejection(announced, ann, { type: 'take-over' }, START + TAKE_OVER_GRACE_MS - 1)).toBe('hold-on');
    const taken = settled(announced, [ann, { type: 'take-over' }, START + TAKE_OVER_GRACE_MS]);
    expect(taken.keyboard.driver).toBe(ann);
  });

  it('ROOM-6 is laid down by who wants to watch', () => {
    const asked = settled(mob(), [ben, { type: 'request' }], [ben, { type: 'take-part', part: 'watching' }]);
    expect(asked.requests).toEqual([]);
    expect(settled(mob(), [ann, { type: 'take-part', part: 'watching' }]).keyboard.driver).toBeNull();
    expect(rejection(mob(), dee, { type: 'take-part', part: 'participant' })).toBe('watch-link');
  });
});

describe('turns', () => {
  it('ROOM-7 the rotation picks the least time at the keyboard, then who joined first', () => {
    const minute = (n: number) => START + n * MINUTE;
    const state = settled(
      mob(),
      [ben, { type: 'request' }],
      [ann, { type: 'give', to: ben, note: null }, minute(5)],
      [ann, { type: 'request' }],
      [ben, { type: 'give', to: ann, note: null }, minute(6)],
    );
    expect(suggestedNext(state)).toBe(cho);
    expect(suggestedNext(settled(state, [cho, { type: 'take-part', part: 'adviser' }]))).toBe(ben);
    expect(suggestedNext(settled(state, [ben, { type: 'request' }]))).toBe(ben);
  });

  it('ROOM-8 seven minutes and one, +2 from now when it is over, anew at a hand-over', () => {
    const started = settled(mob(), [ann, { type: 'start-turns' }]);
    expect(started.turns).toMatchObject({ softEnd: START + TURN_MS, end: START + TURN_MS + HAND_OVER_MS });
    const late = START + 20 * MINUTE;
    expect(settled(started, [ann, { type: 'extend' }, late]).turns).toMatchObject({
      softEnd: late + 2 * MINUTE,
    });
    const next = settled(
      started,
      [ben, { type: 'request' }],
      [ann, { type: 'give', to: ben, note: null }, late],
    );
    expect(next.turns).toMatchObject({ startedAt: late, softEnd: late + TURN_MS });
    expect(rejection(started, ben, { type: 'extend' })).toBe('forbidden');
  });
});

describe('time at the keyboard', () => {
  const minute = (n: number) => START + n * MINUTE;
  const ended = (state: RoomState, by: string | null, op: Op, at: number) => {
    const applied = apply(state, { op, by, at });
    return applied.ok ? applied.effects.find((effect) => effect.type === 'turn-ended') : undefined;
  };

  it('ROOM-13 does not count while the driver is away', () => {
    const back = settled(mob(), [ann, { type: 'connections', count: 0 }, minute(5)], [ann, here, minute(65)]);
    const turn = ended(back, ann, { type: 'take-part', part: 'watching' }, minute(66));
    expect(turn).toMatchObject({ driver: ann, startedAt: START, endedAt: minute(66), ms: 6 * MINUTE });
  });

  it('ROOM-13 ends when its driver was last seen, not when somebody takes the keyboard days later', () => {
    const left = settled(mob(), [ann, { type: 'connections', count: 0 }, minute(5)]);
    const turn = ended(left, ben, { type: 'take' }, minute(4320));
    expect(turn).toMatchObject({ driver: ann, endedAt: minute(5), ms: 5 * MINUTE });
  });

  it('ROOM-13 is recorded when the room is put away, and begins again when the driver is back', () => {
    const op: Op = { type: 'put-away', seenAt: minute(3) };
    expect(ended(mob(), null, op, minute(99))).toMatchObject({ driver: ann, ms: 3 * MINUTE });
    const away = settled(mob(), [null, op, minute(99)]);
    expect(away.keyboard).toMatchObject({ driver: ann, turn: null });
    expect(ended(away, null, op, minute(100))).toBeUndefined();
    const back = settled(away, [ann, here, minute(200)]);
    expect(back.keyboard.turn?.startedAt).toBe(minute(200));
    expect(back.members[ann]?.droveMs).toBe(3 * MINUTE);
  });
});

describe('the right to take part', () => {
  it('ROOM-14 is what the last entrance says; who lost it lays the keyboard down and asks for nothing', () => {
    const asked = settled(mob(), [ben, { type: 'request' }]);
    const barred = settled(asked, [ben, joins('弁', false)]);
    expect(barred.members[ben]).toMatchObject({ mayTakePart: false, part: 'watching' });
    expect(barred.requests).toEqual([]);
    expect(rejection(barred, ben, { type: 'request' })).toBe('watch-link');
    expect(settled(mob(), [ann, joins('安', false)]).keyboard.driver).toBeNull();
  });
});

describe('tasks', () => {
  const report = (status: 'pass' | 'fail') => ({ status, assertions: [], ms: 0, checkVersion: 'v' }) as const;

  it('ROOM-9 never go back from passed', () => {
    const passed = settled(mob(), [ann, { type: 'task', task: 'look', report: report('pass') }]);
    const again = settled(passed, [ben, { type: 'task', task: 'look', report: report('fail') }]);
    expect(again.tasks.look).toMatchObject({ report: { status: 'pass' }, by: ann });
  });
});

describe('properties', () => {
  const people = fc.constantFrom(ann, ben, cho, dee);
  const op: fc.Arbitrary<Op> = fc.oneof(
    fc.constantFrom<Op>(
      { type: 'request' },
      { type: 'withdraw' },
      { type: 'accept' },
      { type: 'decline' },
      { type: 'take' },
      { type: 'take-over' },
      { type: 'make-mob' },
      { type: 'start-turns' },
      { type: 'extend' },
      { type: 'put-away', seenAt: START },
    ),
    people.map((to): Op => ({ type: 'give', to, note: null })),
    fc.constantFrom<Op>({ type: 'connections', count: 0 }, { type: 'connections', count: 2 }),
    fc.constantFrom('participant', 'watching', 'adviser').map((part): Op => ({ type: 'take-part', part })),
  );
  const entries = fc.array(fc.tuple(people, op, fc.nat(60_000)), { maxLength: 60 });

  it('ROOM-1 ROOM-3 any run of ops keeps one driver who may take part, and epochs that only grow', () => {
    fc.assert(
      fc.property(entries, (run) => {
        let state = mob();
        let at = START;
        for (const [by, one, later] of run) {
          at += later;
          const entry: Entry = { op: one, by, at };
          const before = structuredClone(state);
          const applied = apply(state, entry);
          expect(state).toEqual(before); // no state is ever changed in place
          expect(apply(before, entry)).toEqual(applied);
          if (!applied.ok) continue;
          const { keyboard, members, seq, requests } = applied.state;
          expect(seq).toBe(state.seq + 1);
          const moved = keyboard.driver !== state.keyboard.driver || one.type === 'put-away';
          expect(keyboard.epoch - state.keyboard.epoch).toBe(moved ? 1 : 0);
          if (keyboard.driver !== null) expect(members[keyboard.driver]?.part).not.toBe('watching');
          if (keyboard.driver === null) expect(keyboard.turn).toBeNull();
          expect(keyboard.driver).not.toBe(dee);
          expect(requests).not.toContain(keyboard.driver);
          state = applied.state;
        }
      }),
      { numRuns: 300 },
    );
  });
});
