/** One link: copied, or revoked after asking once by name. */
import { useState } from 'preact/hooks';
import type { Link } from '#protocol/api.ts';
import { moment } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { ROOM, TEAM } from '../../client/words.ts';
import { CopyField } from './CopyField.tsx';
import { Dialog } from './Dialog.tsx';

interface Props {
  readonly link: Link;
  readonly title: string;
  readonly revoke: (link: Link) => Promise<void>;
}

export function LinkCard({ link, title, revoke }: Props) {
  const [sure, setSure] = useState(false);
  const what = link.code === null ? title : `${title} ${link.code}`;
  const expired = link.expiresAt < Date.now();
  return (
    <div class="link-card">
      <CopyField id={`link-${link.id}`} label={title} value={link.url} />
      <p class="meta">
        {link.code !== null && (
          <span>
            {ROOM.inviteCode[lang]} <code class="code">{link.code}</code>
          </span>
        )}
        <span>{fill(TEAM.uses[lang], { n: link.uses })}</span>
        <span>
          {expired ? TEAM.expired[lang] : fill(TEAM.until[lang], { when: moment(link.expiresAt, lang) })}
        </span>
        <button type="button" class="text-button" onClick={() => setSure(true)}>
          {TEAM.revoke[lang]}
        </button>
      </p>
      {sure && (
        <Dialog title={TEAM.revoke[lang]} close={() => setSure(false)}>
          <p>{fill((link.kind === 'team' ? TEAM.revokeTeam : TEAM.revokeSure)[lang], { what })}</p>
          <div class="dialog-buttons">
            <button
              type="button"
              class="button live"
              onClick={() => {
                setSure(false);
                void revoke(link);
              }}
            >
              {TEAM.revokeYes[lang]}
            </button>
            <button type="button" class="quiet" onClick={() => setSure(false)}>
              {TEAM.keep[lang]}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
