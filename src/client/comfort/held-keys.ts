/** Ctrl and Alt of the key bar: pressed once, they go with the next key, wherever it is typed. */
import { type Signal, signal } from '@preact/signals';
import { withModifiers } from './extra-keys.ts';

export class HeldKeys {
  readonly ctrl: Signal<boolean> = signal(false);
  readonly alt: Signal<boolean> = signal(false);

  get any(): boolean {
    return this.ctrl.peek() || this.alt.peek();
  }

  /** What the key sends; both are let go. */
  take(data: string): string {
    const held = { ctrl: this.ctrl.peek(), alt: this.alt.peek() };
    this.release();
    return withModifiers(data, held);
  }

  /** Nobody sees any more that they are held: the bar is gone, or the keyboard is elsewhere. */
  release(): void {
    this.ctrl.value = false;
    this.alt.value = false;
  }
}
