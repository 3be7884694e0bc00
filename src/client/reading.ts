/** The two conveniences of a chapter on screen: printing it, and hiding the ruby. */
import { recall, remember } from './storage.ts';

const print = document.getElementById('print');
if (print !== null) {
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}

// Folded notes belong on paper: the one who leads holds the printout.
const folded = new Set<HTMLDetailsElement>();
window.addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
    details.open = true;
    folded.add(details);
  }
});
window.addEventListener('afterprint', () => {
  for (const details of folded) details.open = false;
  folded.clear();
});

const ruby = document.getElementById('ruby');
if (ruby !== null && document.querySelector('ruby') !== null) {
  const show = (on: boolean): void => {
    ruby.setAttribute('aria-pressed', String(on));
    document.documentElement.dataset.ruby = on ? 'on' : 'off';
  };
  ruby.hidden = false;
  show(recall('ruby') !== 'off');
  ruby.addEventListener('click', () => {
    const on = ruby.getAttribute('aria-pressed') !== 'true';
    remember('ruby', on ? null : 'off');
    show(on);
  });
}
