/** A signal that ticks each second, so that clocks redraw; what the time is, the session says. */
import { signal } from '@preact/signals';

export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 1000);
