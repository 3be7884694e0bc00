/** Who may come in by which link: made, copied and revoked here; and oneself. */
import { useState } from 'preact/hooks';
import type { Link, LinkRequest, Me, RoomSummary } from '#protocol/api.ts';
import { call, sentenceOf } from '../../client/api.ts';
import { at, lang } from '../../client/language.ts';
import { ROOM, TEAM } from '../../client/words.ts';
import { Dialog } from './Dialog.tsx';
import { LinkCard } from './LinkCard.tsx';
import { LoopbackNotice } from './LoopbackNotice.tsx';
import { NameForm } from './NameForm.tsx';

type Person = NonNullable<Me['person']>;

interface Props {
  readonly person: Person;
  readonly loopbackOnly: boolean;
  readonly first: readonly Link[];
  readonly rooms: readonly RoomSummary[];
  /** What each lab is called, by slug. */
  readonly titles: Readonly<Record<string, string>>;
}

export function TeamView({ person, loopbackOnly, first, rooms, titles }: Props) {
  const [links, setLinks] = useState(first);
  const [error, setError] = useState('');
  const make = async (request: LinkRequest) => {
    const answer = await call<Link>('POST', '/api/links', request);
    setError(answer.ok ? '' : sentenceOf(answer.refusal, lang));
    if (answer.ok) setLinks((all) => [answer.value, ...all]);
  };
  const revoke = async (link: Link) => {
    const answer = await call('DELETE', `/api/links/${link.id}`);
    setError(answer.ok ? '' : sentenceOf(answer.refusal, lang));
    if (answer.ok) setLinks((all) => all.filter((one) => one.id !== link.id));
  };
  const led = rooms.filter((room) => room.facilitator === person.id && room.kind === 'mob');
  const known = new Set(led.map((room) => room.id));
  const orphans = links.filter((link) => link.room !== null && !known.has(link.room));
  return (
    <>
      <p class="error" role="alert">
        {error}
      </p>
      <section aria-labelledby="team-link">
        <h2 id="team-link">{TEAM.teamLink[lang]}</h2>
        {loopbackOnly && <LoopbackNotice />}
        {person.role === 'owner' ? (
          <>
            <p>{TEAM.teamLinkWhy[lang]}</p>
            {links
              .filter((link) => link.kind === 'team')
              .map((link) => (
                <LinkCard key={link.id} link={link} title={TEAM.teamLink[lang]} revoke={revoke} />
              ))}
            <button type="button" class="quiet" onClick={() => void make({ kind: 'team' })}>
              {TEAM.make[lang]}
            </button>
          </>
        ) : (
          <p>{TEAM.notOwner[lang]}</p>
        )}
      </section>
      <section aria-labelledby="room-links">
        <h2 id="room-links">{TEAM.roomLinks[lang]}</h2>
        {led.length === 0 && orphans.length === 0 && (
          <p>
            {TEAM.roomLinksEmpty[lang]} <a href={at('/labs/')}>{TEAM.labs[lang]}</a>
          </p>
        )}
        {led.map((room) => (
          <RoomLinks
            key={room.id}
            room={room}
            titles={titles}
            links={links.filter((link) => link.room === room.id)}
            make={make}
            revoke={revoke}
          />
        ))}
        {orphans.map((link) => (
          <LinkCard key={link.id} link={link} title={kindOf(link)} revoke={revoke} />
        ))}
      </section>
      <Oneself person={person} />
    </>
  );
}

function kindOf(link: Link): string {
  return (link.kind === 'room-watch' ? TEAM.watch : TEAM.take)[lang];
}

interface RoomProps {
  readonly room: RoomSummary;
  readonly titles: Props['titles'];
  readonly links: readonly Link[];
  readonly make: (request: LinkRequest) => Promise<void>;
  readonly revoke: (link: Link) => Promise<void>;
}

function RoomLinks({ room, titles, links, make, revoke }: RoomProps) {
  const kinds = ['room-take-part', 'room-watch'] as const;
  return (
    <div class="room-links">
      <h3>
        <a href={at(`/rooms/${room.id}`)}>{titles[room.lab] ?? room.lab}</a>
      </h3>
      {links.map((link) => (
        <LinkCard key={link.id} link={link} title={kindOf(link)} revoke={revoke} />
      ))}
      <p class="dialog-buttons">
        {kinds
          .filter((kind) => !links.some((link) => link.kind === kind))
          .map((kind) => (
            <button key={kind} type="button" class="quiet" onClick={() => void make({ kind, room: room.id })}>
              {(kind === 'room-watch' ? TEAM.makeWatch : TEAM.makeTake)[lang]}
            </button>
          ))}
      </p>
    </div>
  );
}

function Oneself({ person }: { readonly person: Person }) {
  const [name, setName] = useState(person.name);
  const [saved, setSaved] = useState(false);
  const [sure, setSure] = useState(false);
  const rename = async (next: string) => {
    const answer = await call<Me>('PATCH', '/api/me', { name: next });
    setSaved(answer.ok);
    if (!answer.ok) return sentenceOf(answer.refusal, lang);
    setName(answer.value.person?.name ?? next);
    return null;
  };
  const leave = async () => {
    const answer = await call('DELETE', '/api/session');
    if (answer.ok) location.assign(at('/'));
  };
  return (
    <section aria-labelledby="oneself">
      <h2 id="oneself">{TEAM.me[lang]}</h2>
      <p class="meta">
        <span>{name}</span>
        <span>{TEAM.role[person.role][lang]}</span>
      </p>
      <NameForm label={TEAM.rename[lang]} initial={person.name} submit={rename} />
      <p class="fine" role="status">
        {saved ? TEAM.saved[lang] : ''}
      </p>
      <button type="button" class="quiet" onClick={() => setSure(true)}>
        {TEAM.signOut[lang]}
      </button>
      {sure && (
        <Dialog title={TEAM.signOut[lang]} close={() => setSure(false)}>
          <p>{TEAM.signOutSure[lang].replace('{name}', name)}</p>
          <div class="dialog-buttons">
            <button type="button" class="button live" onClick={() => void leave()}>
              {TEAM.signOut[lang]}
            </button>
            <button type="button" class="quiet" onClick={() => setSure(false)}>
              {ROOM.cancel[lang]}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
