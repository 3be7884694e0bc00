/** The end of the lab: a block below the last step when every task has passed, and a word when that happens. */
import { effect, type Signal } from '@preact/signals';
import { stepsOnPage } from './lab-page.ts';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { announce, toast } from './toasts.ts';
import { TASK } from './words.ts';

export function enlivenDone(live: Signal<RoomSession | null>): void {
  const box = document.getElementById('lab-done');
  const tasks = stepsOnPage().flatMap((step) => step.tasks);
  let before = true;
  effect(() => {
    const room = live.value?.room.value;
    if (box === null || room == null) return;
    const done = tasks.every((task) => room.tasks[task.id]?.report.status === 'pass');
    box.hidden = !done;
    if (done && !before) {
      announce(TASK.allDone[lang]);
      toast(TASK.allDone[lang]);
    }
    before = done;
  });
}
