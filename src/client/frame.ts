/** What every page does alive: the theme, the language kept, who I am, banners about the host. */
import type { Me } from '#protocol/api.ts';
import { whoAmI } from './api.ts';
import { lang } from './language.ts';
import { recall, remember } from './storage.ts';
import { FRAME } from './words-frame.ts';

const root = document.documentElement;

document.getElementById('theme')?.addEventListener('click', () => {
  const dark = recall('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  const next = dark === 'dark' ? 'light' : 'dark';
  root.dataset.theme = next;
  remember('theme', next);
});

// The address may differ from the built one (a room, a query, a secret already removed): keep it whole.
document.getElementById('other-language')?.addEventListener('click', (event) => {
  event.preventDefault();
  const path = location.pathname.replace(/^\/en(?=\/)/, '');
  location.assign((lang === 'en' ? path : `/en${path}`) + location.search + location.hash);
});

void whoAmI().then((answer) => {
  if (answer.ok) showHost(answer.value);
});

export function showMe(person: Me['person']): void {
  const me = document.getElementById('me');
  if (me === null || person === null) return;
  me.textContent = FRAME.me[lang].replace('{name}', person.name);
  me.hidden = false;
}

function showHost({ person, host }: Me): void {
  showMe(person);
  const version = document.getElementById('version');
  if (version !== null) version.textContent = `${version.dataset.label} ${host.version}`;
  if (host.insecureLan) banner(FRAME.insecureLan[lang]);
  if (host.sandbox === 'process') banner(FRAME.processSandbox[lang]);
}

function banner(text: string): void {
  const line = document.createElement('p');
  line.textContent = text;
  document.getElementById('banners')?.append(line);
}
