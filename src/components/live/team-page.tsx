/** /team/ alive. */
import { render } from 'preact';
import type { Link, RoomSummary } from '#protocol/api.ts';
import { call, sentenceOf, whoAmI } from '../../client/api.ts';
import { at, lang } from '../../client/language.ts';
import { JOIN, TEAM } from '../../client/words.ts';
import { TeamView } from './TeamView.tsx';

const box = document.getElementById('team');
if (box !== null) await open(box);

async function open(where: HTMLElement): Promise<void> {
  const me = await whoAmI();
  if (!me.ok) return render(<p role="alert">{sentenceOf(me.refusal, lang)}</p>, where);
  const { person, host } = me.value;
  if (person === null) {
    return render(
      <>
        <p>{TEAM.nobody[lang]}</p>
        <p>
          <a class="button" href={at('/code/')}>
            {JOIN.byCode[lang]}
          </a>
        </p>
      </>,
      where,
    );
  }
  const [links, rooms] = await Promise.all([
    call<readonly Link[]>('GET', '/api/links'),
    call<readonly RoomSummary[]>('GET', '/api/rooms'),
  ]);
  // Written by the page from each lab.yaml.
  const titles = JSON.parse(where.dataset.labs ?? '{}') as Readonly<Record<string, string>>;
  render(
    <TeamView
      person={person}
      loopbackOnly={host.loopbackOnly}
      first={links.ok ? links.value : []}
      rooms={rooms.ok ? rooms.value : []}
      titles={titles}
    />,
    where,
  );
}
