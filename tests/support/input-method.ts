/** A Japanese input method in front of a page, as Chromium itself hears one: its events are trusted. */
import type { CDPSession, Page } from 'playwright-core';

/** Of a key that an input method keeps for itself. */
const TAKEN = { windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229, key: 'Process' } as const;

export class InputMethod {
  readonly #cdp: CDPSession;

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp;
  }

  static async before(page: Page): Promise<InputMethod> {
    return new InputMethod(await page.context().newCDPSession(page));
  }

  /** Key by key, as a reading grows: each stands underlined at the cursor. */
  async write(readings: readonly string[], code = 'KeyD'): Promise<void> {
    for (const text of readings) {
      await this.#cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', code, ...TAKEN });
      await this.#cdp.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
      await this.#cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', code, ...TAKEN });
    }
  }

  /** Enter, which belongs to the conversion and not to the page. */
  async confirm(text: string): Promise<void> {
    await this.#cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', code: 'Enter', ...TAKEN });
    await this.#cdp.send('Input.insertText', { text });
    await this.#cdp.send('Input.dispatchKeyEvent', {
      type: 'keyUp',
      code: 'Enter',
      key: 'Enter',
      windowsVirtualKeyCode: 13,
    });
  }
}
