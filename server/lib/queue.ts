/**
 * One ordered queue: tasks run one after another, in the order in which they were given.
 * A task that fails rejects its own promise and holds up nobody.
 */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T> | T): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves once everything that was queued until now has ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
