/** A set of absolute offsets, kept as ranges that neither overlap nor touch, in order. */
interface Range {
  readonly from: number;
  /** After its last offset. */
  readonly to: number;
}

export class Ranges {
  #ranges: Range[] = [];
  /** Those before this one are forgotten. */
  #first = 0;

  /** Expects most ranges to come near the end, and looks there first. */
  add(from: number, to: number): void {
    const last = this.#ranges.at(-1);
    if (last === undefined || last.to < from) {
      this.#ranges.push({ from, to });
      return;
    }
    let after = this.#ranges.length;
    while (after > this.#first && (this.#ranges[after - 1]?.from ?? 0) > to) after -= 1;
    let first = after;
    let merged: Range = { from, to };
    while (first > this.#first) {
      const before = this.#ranges[first - 1];
      if (before === undefined || before.to < from) break;
      merged = { from: Math.min(merged.from, before.from), to: Math.max(merged.to, before.to) };
      first -= 1;
    }
    this.#ranges.splice(first, after - first, merged);
  }

  /** The parts of [from, to) that are in the set. */
  *within(from: number, to: number): Generator<Range> {
    for (let at = this.#firstEndingAfter(from); at < this.#ranges.length; at++) {
      const range = this.#ranges[at];
      if (range === undefined || range.from >= to) return;
      yield { from: Math.max(from, range.from), to: Math.min(to, range.to) };
    }
  }

  overlaps(from: number, to: number): boolean {
    const range = this.#ranges[this.#firstEndingAfter(from)];
    return range !== undefined && range.from < to && from < to;
  }

  /** Drops ranges that lie wholly before this offset. */
  forget(before: number): void {
    this.#first = this.#firstEndingAfter(before);
    // Moved as a whole only when half are gone: forgetting often costs no more than forgetting once.
    if (this.#first * 2 <= this.#ranges.length) return;
    this.#ranges = this.#ranges.slice(this.#first);
    this.#first = 0;
  }

  #firstEndingAfter(offset: number): number {
    let low = this.#first;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.to ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
