/** What a page costs: bytes that travelled, by kind, and how far things moved while it loaded. */
import type { Page } from 'playwright-core';

export interface Weight {
  /** As they travelled, compressed, without fonts. */
  readonly all: number;
  readonly script: number;
  /** Addresses that are not of this origin. */
  readonly foreign: readonly string[];
}

export function loaded(page: Page): Promise<Weight> {
  return page.evaluate(() => {
    const entries = [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ].filter((entry) => entry instanceof PerformanceResourceTiming);
    const sum = (some: readonly PerformanceResourceTiming[]) =>
      some.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0);
    const pathOf = (entry: PerformanceResourceTiming) => new URL(entry.name).pathname;
    return {
      all: sum(entries.filter((entry) => !/\.woff2?$/.test(pathOf(entry)))),
      script: sum(entries.filter((entry) => pathOf(entry).endsWith('.js'))),
      foreign: entries.map(({ name }) => name).filter((name) => new URL(name).origin !== location.origin),
    };
  });
}

/** Call before the page is opened; the answer is its cumulative layout shift so far. */
export async function layoutShift(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        // Not in the DOM's types yet: https://wicg.github.io/layout-instability/
        const { value, hadRecentInput } = entry as PerformanceEntry & {
          readonly value: number;
          readonly hadRecentInput: boolean;
        };
        if (!hadRecentInput) shifts.push(value);
      }
    }).observe({ type: 'layout-shift', buffered: true });
    Object.assign(globalThis, { shifts });
  });
  return () =>
    page.evaluate(() => {
      const { shifts } = globalThis as unknown as { readonly shifts: readonly number[] };
      return shifts.reduce((sum, shift) => sum + shift, 0);
    });
}
