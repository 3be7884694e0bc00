/** Lucide's icons (ISC) for live parts, as elements: always beside words, so hidden from readers. */
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import circleCheck from 'lucide-static/icons/circle-check.svg?raw';
import circleDashed from 'lucide-static/icons/circle-dashed.svg?raw';
import circleDot from 'lucide-static/icons/circle-dot.svg?raw';
import type { TaskReport } from '#protocol/report.ts';

/** Only the drawing: size and stroke come from our style sheet. */
export function inner(raw: string): string {
  return raw
    .replace(/<!--[\s\S]*?-->/, '')
    .replace(/<svg[\s\S]*?>/, '')
    .replace('</svg>', '');
}

const MARKS: Readonly<Record<TaskReport['status'], string>> = {
  pending: circleDashed,
  pass: circleCheck,
  fail: circleDot,
  error: circleAlert,
  timeout: circleAlert,
};

export function mark(status: TaskReport['status']): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries(STROKE)) svg.setAttribute(name, value);
  svg.innerHTML = inner(MARKS[status]);
  return svg;
}

export const STROKE = {
  class: 'icon',
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': '1.75',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
  'aria-hidden': 'true',
} as const;
