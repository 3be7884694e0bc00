/** The lab as the static page places it: steps and their tasks, in the order of reading. */
export interface TaskOnPage {
  readonly id: string;
  readonly title: string;
}
export interface StepOnPage {
  readonly id: string;
  readonly tasks: readonly TaskOnPage[];
}

export function stepsOnPage(): readonly StepOnPage[] {
  return [...document.querySelectorAll<HTMLElement>('#main [data-step]')].map((step) => ({
    id: step.dataset.step ?? '',
    tasks: [...step.querySelectorAll<HTMLElement>('[data-task]')].map((task) => ({
      id: task.dataset.task ?? '',
      title: task.querySelector('.task-title')?.textContent ?? '',
    })),
  }));
}
