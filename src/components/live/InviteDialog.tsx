/** One link, one short code to read aloud, and honesty about who can reach them. */
import type { Link, Me } from '#protocol/api.ts';
import { moment } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { at, lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import { ROOM } from '../../client/words.ts';
import { CopyField } from './CopyField.tsx';
import { Dialog } from './Dialog.tsx';
import { LoopbackNotice } from './LoopbackNotice.tsx';

interface Props {
  readonly host: Me['host'];
  readonly take: Link;
  readonly watch: Link;
  readonly actions: RoomActions;
}

export function InviteDialog({ host, take, watch, actions }: Props) {
  return (
    <Dialog title={ROOM.inviteTitle[lang]} close={() => actions.show(null)} wide>
      {host.loopbackOnly && <LoopbackNotice />}
      <div class="invite">
        <div class="invite-main">
          {take.code !== null && (
            <div class="invite-code">
              <p class="label">{ROOM.inviteCode[lang]}</p>
              <p class="big-code" lang="en">
                {[...take.code].map((letter, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: six fixed places
                  <span key={index}>{letter}</span>
                ))}
              </p>
              <p class="fine">{fill(ROOM.inviteCodeWhy[lang], { host: host.url })}</p>
            </div>
          )}
          <CopyField id="link-take" label={ROOM.inviteTake[lang]} value={take.url} />
          <CopyField id="link-watch" label={ROOM.inviteWatch[lang]} value={watch.url} />
          <p class="fine">
            {fill(ROOM.inviteUntil[lang], { when: moment(take.expiresAt, lang) })}{' '}
            <a href={at('/team/')}>{ROOM.inviteManage[lang]}</a>
          </p>
        </div>
        {take.qr !== null && (
          // The server draws this SVG from the address that it made itself.
          <div
            class="qr"
            role="img"
            aria-label={ROOM.qr[lang]}
            dangerouslySetInnerHTML={{ __html: take.qr }}
          />
        )}
      </div>
    </Dialog>
  );
}
