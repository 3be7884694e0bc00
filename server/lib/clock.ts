/** Wall time as an argument: whoever needs "now" is handed a clock, so that a test can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `task` once after `ms`; the result cancels it. Timers never keep the process alive. */
  after(ms: number, task: () => void): () => void;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
