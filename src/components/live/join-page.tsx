/** A link, opened: its secret leaves the address bar at once, and is spent by POST only. */
import { render } from 'preact';
import { isCode, sentenceOf } from '../../client/api.ts';
import { join } from '../../client/joining.ts';
import { at, lang } from '../../client/language.ts';
import { JOIN } from '../../client/words.ts';
import { JoinFlow } from './JoinFlow.tsx';

const secret = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

const lead = document.getElementById('join-lead');
const box = document.getElementById('join');
await begin();

async function begin(): Promise<void> {
  if (secret === '') return refuse(JOIN.noSecret[lang], false);
  const first = await join({ secret });
  if (first.kind === 'going') return say(JOIN.wait[lang]);
  if (first.kind === 'refused') {
    const known = isCode(first.refusal, 'link-spent') || isCode(first.refusal, 'revoked');
    return refuse(sentenceOf(first.refusal, lang), !known);
  }
  say(JOIN.nameFor[first.link][lang]);
  if (first.link === 'owner') retitle(JOIN.ownerTitle[lang]);
  if (box !== null) render(<JoinFlow request={{ secret }} />, box);
}

/** The page was built for rooms; a team of one's own is opened by the same door. */
function retitle(title: string): void {
  const heading = document.querySelector('main h1');
  if (heading === null) return;
  document.title = document.title.replace(heading.textContent, title);
  heading.textContent = title;
}

function say(sentence: string): void {
  if (lead !== null) lead.textContent = sentence;
}

function refuse(sentence: string, mayHelpAgain: boolean): void {
  say(sentence);
  lead?.setAttribute('role', 'alert');
  if (box === null) return;
  render(
    <p class="after-refusal">
      {mayHelpAgain && secret !== '' && (
        <button type="button" class="button" onClick={() => void begin()}>
          {JOIN.again[lang]}
        </button>
      )}
      <a class="quiet" href={at('/code/')}>
        {JOIN.byCode[lang]}
      </a>
      <a class="quiet" href={at('/')}>
        {JOIN.home[lang]}
      </a>
    </p>,
    box,
  );
}
