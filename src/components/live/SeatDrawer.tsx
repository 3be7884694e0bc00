/** Everything about the seat that is not its terminal. A section that has nothing to say shows nothing. */
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { SEAT } from '../../client/words-seat.ts';
import { Dialog } from './Dialog.tsx';
import { SeatEgress } from './SeatEgress.tsx';
import { SeatLives } from './SeatLives.tsx';
import { SeatServices } from './SeatServices.tsx';
import { SeatUsage } from './SeatUsage.tsx';

interface Props {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}

export function SeatDrawer({ session, actions }: Props) {
  return (
    <Dialog title={SEAT.title[lang]} close={() => actions.show(null)} drawer>
      <div class="seat">
        <SeatUsage session={session} />
        <SeatServices session={session} />
        <SeatEgress session={session} />
        <SeatLives session={session} close={() => actions.show(null)} />
      </div>
    </Dialog>
  );
}
