/** The lab as the static page places it: steps and their tasks, in the order of reading. */
export interface TaskOnPage {
  readonly id: string;
  readonly title: string;
}
export interface StepOnPage {
  readonly id: string;
  readonly tasks: readonly TaskOnPage[];
}

/** Brings a step to the top of the text. Only that pane scrolls: scrollIntoView would move the window too. */
export function showStep(step: string, behavior: ScrollBehavior = 'auto'): void {
  const pane = document.getElementById('main');
  const section = document.getElementById(`step-${step}`);
  if (pane === null || section === null) return;
  const below = section.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  const margin = Number.parseFloat(getComputedStyle(section).scrollMarginTop);
  pane.scrollTo({ top: pane.scrollTop + below - margin, behavior });
}

/** As its head says it; the id where the page has no such step. */
export function stepTitle(step: string): string {
  return document.getElementById(`step-${step}-title`)?.textContent?.trim() || step;
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
