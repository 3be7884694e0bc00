/** Chromium as people use it, driven by playwright-core: one browser a file, one context a person. */
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, type RunnerTestCase } from 'vitest';

const EXECUTABLE = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const WITHIN_MS = 15_000;
/** Pictures of pages at the end of tests that failed. */
const PICTURES = join(import.meta.dirname, '..', '..', '.cache', 'e2e');

export interface VisitorOptions {
  readonly origin: string;
  readonly dark?: boolean;
  readonly phone?: boolean;
  readonly script?: boolean;
  readonly permissions?: readonly string[];
}

export class Chromium implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #visitors: Visitor[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<Chromium> {
    return new Chromium(
      await chromium.launch({
        executablePath: EXECUTABLE,
        args: FLAGS,
        chromiumSandbox: false,
        // A browser without a language of its own calls every file with a Japanese name "download".
        env: { ...process.env, LANG: 'C.UTF-8' },
      }),
    );
  }

  /** Somebody with a browser of their own: cookies and storage are nobody else's. */
  async visitor(options: VisitorOptions): Promise<Visitor> {
    const { origin, dark = false, phone = false, script = true, permissions = [] } = options;
    const context = await this.#browser.newContext({
      baseURL: origin,
      viewport: phone ? PHONE : DESKTOP,
      hasTouch: phone,
      isMobile: phone,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'ja-JP',
      timezoneId: 'Asia/Tokyo',
      javaScriptEnabled: script,
      permissions: [...permissions],
    });
    context.setDefaultTimeout(WITHIN_MS);
    const visitor = new Visitor(context, await context.newPage());
    this.#visitors.push(visitor);
    return visitor;
  }

  /** After each test: keeps pictures of one that failed, and fails one whose pages complained. */
  async judge({ name, result }: RunnerTestCase): Promise<void> {
    if (result?.state === 'fail') await this.#keepPictures(name);
    expect(this.#visitors.flatMap((visitor) => visitor.takeProblems())).toEqual([]);
  }

  async #keepPictures(name: string): Promise<void> {
    const open = this.#visitors.filter(({ page }) => !page.isClosed());
    const file = name.replaceAll(/[^\w-]+/g, '_').slice(0, 60);
    for (const [at, { page }] of open.entries()) {
      await page.screenshot({ path: join(PICTURES, `${file}-${at + 1}.png`) }).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** One person's browser, and everything that its pages complain about. */
export class Visitor implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  #problems: string[] = [];
  #foreseen: RegExp[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    this.#listen(page);
    context.on('page', (opened) => this.#listen(opened));
  }

  /** A complaint that this test brings about on purpose. */
  foresee(pattern: RegExp): void {
    this.#foreseen.push(pattern);
  }

  takeProblems(): string[] {
    const unforeseen = this.#problems.filter((text) => !this.#foreseen.some((one) => one.test(text)));
    this.#problems = [];
    this.#foreseen = [];
    return unforeseen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }

  /** Chromium says a violation of the page's CSP as an error on the console. */
  #listen(page: Page): void {
    page.on('pageerror', (error) =>
      this.#problems.push(`${page.url()} threw ${error.stack ?? error.message}`),
    );
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.#problems.push(`${page.url()} said: ${message.text()} (${message.location().url})`);
    });
    page.on('crash', () => this.#problems.push(`${page.url()} crashed`));
  }
}

/** What axe finds, by all of its rules or by these: one line per violation and element. */
export async function axeViolations(page: Page, rules?: string[]): Promise<string[]> {
  // Two frames after the last transition: axe takes colours as they are at the moment.
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
    await frame();
  });
  // Without frames of other origins axe needs no page of its own to collect results.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
}
