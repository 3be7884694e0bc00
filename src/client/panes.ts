/** Text and terminal side by side with a divider, or as two tabs where there is no room for both. */
import { boundedShare } from './divider.ts';
import { recall, remember } from './storage.ts';

export type Pane = 'text' | 'terminal';

const STEP = 2;
/** There is room for one thing beside another only above it. */
export const TABS_BELOW = '(max-width: 760px)';

export interface Panes {
  readonly show: (pane: Pane) => void;
  /** Only one of them is in sight. */
  readonly tabs: () => boolean;
}

export function arrangePanes(workspace: HTMLElement, shown: (pane: Pane) => void): Panes {
  arrangeDivider(workspace);
  const tabs: readonly { readonly pane: Pane; readonly tab: HTMLElement | null }[] = [
    { pane: 'text', tab: document.getElementById('tab-text') },
    { pane: 'terminal', tab: document.getElementById('tab-terminal') },
  ];
  const show = (pane: Pane) => {
    workspace.dataset.view = pane;
    for (const { pane: one, tab } of tabs) {
      tab?.setAttribute('aria-selected', String(one === pane));
      tab?.setAttribute('tabindex', one === pane ? '0' : '-1');
    }
    shown(pane);
  };
  for (const { pane, tab } of tabs) {
    tab?.addEventListener('click', () => show(pane));
    tab?.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const other = pane === 'text' ? 'terminal' : 'text';
      show(other);
      tabs.find((one) => one.pane === other)?.tab?.focus();
    });
  }
  return { show, tabs: () => matchMedia(TABS_BELOW).matches };
}

function arrangeDivider(workspace: HTMLElement): void {
  const divider = document.getElementById('divider');
  if (divider === null) return;
  let share = boundedShare(Number(recall('divider') ?? '46') || 46);
  const move = (percent: number) => {
    share = boundedShare(percent);
    workspace.style.setProperty('--share', `${share}%`);
    divider.setAttribute('aria-valuenow', String(Math.round(share)));
  };
  const keep = () => remember('divider', String(share));
  move(share);

  divider.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    divider.setPointerCapture(event.pointerId);
    workspace.classList.add('is-dragging');
  });
  divider.addEventListener('pointermove', (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { left, width } = workspace.getBoundingClientRect();
    move(((event.clientX - left) / width) * 100);
  });
  const end = () => {
    workspace.classList.remove('is-dragging');
    keep();
  };
  divider.addEventListener('pointerup', end);
  divider.addEventListener('pointercancel', end);
  divider.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -100, End: 100 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(share + by);
    keep();
  });
}
