/** Honesty about links that nobody else can open, and what to do about it. */
import { lang } from '../../client/language.ts';
import { ROOM } from '../../client/words.ts';

export function LoopbackNotice() {
  return (
    <div class="notice-box">
      <p>
        <strong>{ROOM.loopback[lang]}</strong>
      </p>
      <p class="fine">{ROOM.loopbackWhy[lang]}</p>
    </div>
  );
}
