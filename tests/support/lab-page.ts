/** A lab's page with its terminal, as somebody in front of it reads and types. */
import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

export const LAB = 'see-whats-running';
/** A quick hand. The server ends a connection that sends more than 200 messages a second. */
const KEY_EVERY_MS = 8;
const PROMPT = /^\S+@\S+:\S*\$\s*$/;

/** The one terminal in sight. */
const IN_SIGHT = '.terminal-pane:not([hidden])';

/** Of all pages: two of them may look at one screen. */
let runs = 0;

export class LabPage {
  readonly page: Page;
  readonly #pane: string;

  constructor(page: Page, pane = IN_SIGHT) {
    this.page = page;
    this.#pane = pane;
  }

  /** The same page, with the attention on one of several terminals. */
  pane(terminal: number): LabPage {
    return new LabPage(this.page, `[data-terminal="${terminal}"]`);
  }

  get terminal(): Locator {
    return this.page.locator('#terminal');
  }

  /** Where the keys go. */
  get field(): Locator {
    return this.terminal.locator(`${this.#pane} textarea`);
  }

  get rows(): Locator {
    return this.terminal.locator(`${this.#pane} .xterm-rows > div`);
  }

  get foot(): Locator {
    return this.page.locator('#bench-foot');
  }

  get gate(): Locator {
    return this.page.locator('#gate');
  }

  get bar(): Locator {
    return this.page.locator('#room-bar');
  }

  get toasts(): Locator {
    return this.page.locator('#toasts');
  }

  task(id: string): Locator {
    return this.page.locator(`[data-task="${id}"]`);
  }

  answerForm(task: string): Locator {
    return this.page.locator(`[data-ask="${task}"]`);
  }

  dialog(): Locator {
    return this.page.locator('dialog[open]');
  }

  /** The lines that are in sight, without blanks at their ends. */
  async lines(): Promise<readonly string[]> {
    const rows = await this.rows.allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
  }

  /** What is in sight, cell by cell: letters with their colours and attributes, and no cursor. */
  cells(): Promise<readonly string[]> {
    return this.rows.evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('span')]
          .flatMap((span) => {
            const look = [...span.classList].filter((name) => !name.startsWith('xterm-cursor')).join(' ');
            return [...span.textContent].map((letter) => `${letter.replace('\u00a0', ' ')}${look}`);
          })
          .join('|')
          .replace(/[ |]+$/, ''),
      ),
    );
  }

  /** Everything in sight in one piece: long lines that the terminal wrapped are whole again. */
  async screen(): Promise<string> {
    return (await this.lines()).join('');
  }

  async lastLine(): Promise<string> {
    return (await this.lines()).findLast((line) => line !== '') ?? '';
  }

  async prompt(): Promise<void> {
    await until(async () => PROMPT.test(await this.lastLine()), { ms: 20_000, what: 'a prompt in sight' });
  }

  async shows(text: string, ms = 15_000): Promise<void> {
    await until(async () => (await this.screen()).includes(text), { ms, what: `"${text}" in the terminal` });
  }

  /** Keys into the terminal, one by one, and Enter. */
  async type(line: string): Promise<void> {
    await this.field.focus();
    await this.page.keyboard.type(line, { delay: KEY_EVERY_MS });
    await this.page.keyboard.press('Enter');
  }

  /** Types a command, waits until it has run, and gives what it printed, as far as it is in sight. */
  async run(command: string): Promise<string> {
    runs += 1;
    const [from, to] = [`run-${runs}`, `ran-${runs}`];
    await this.type(`printf 'run-%s\\n' ${runs}; ${command}; printf 'ran-%s\\n' ${runs}`);
    await until(async () => (await this.lines()).includes(to), {
      ms: 20_000,
      what: `the end of ${command}`,
    });
    await this.prompt();
    const lines = await this.lines();
    return lines.slice(lines.lastIndexOf(from) + 1, lines.lastIndexOf(to)).join('\n');
  }

  /** Scrolls back page by page to this line, which must be there; gives everything from it on. */
  async linesSince(first: string): Promise<readonly string[]> {
    await this.field.focus();
    let all: readonly string[] = await this.lines();
    let page = all;
    while (!page.includes(first)) {
      const below = page.join('\n');
      await this.page.keyboard.press('Shift+PageUp');
      await until(async () => (await this.lines()).join('\n') !== below, { what: `${first}, further up` });
      page = await this.lines();
      all = joined(page, all);
    }
    return all.slice(all.indexOf(first));
  }

  async passed(task: string): Promise<void> {
    await this.page.locator(`[data-task="${task}"][data-status="pass"]`).waitFor();
  }

  async answer(task: string, value: string): Promise<void> {
    const form = this.answerForm(task);
    await form.locator('input').fill(value);
    await form.locator('button').click();
  }
}

/** Two pages of one text, the lower of which begins with some of the last lines of the upper. */
function joined(upper: readonly string[], lower: readonly string[]): readonly string[] {
  const overlap = upper.findIndex((_, at) => upper.slice(at).every((line, i) => line === lower[i]));
  return [...upper.slice(0, overlap === -1 ? upper.length : overlap), ...lower];
}

/** Opens the lab for somebody who has no name yet, and starts the shell. */
export async function startLab(page: Page, name: string, path = `/labs/${LAB}/?start`): Promise<LabPage> {
  await page.goto(path);
  await page.locator('#name').fill(name);
  await page.keyboard.press('Enter');
  const lab = new LabPage(page);
  await lab.prompt();
  return lab;
}

/** Waits until the element is there and says this. */
export async function says(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor();
}
