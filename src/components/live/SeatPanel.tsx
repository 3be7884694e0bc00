/** The button that opens the seat's drawer, and the drawer, whose code is fetched when it is first opened. */
import boxIcon from 'lucide-static/icons/package-open.svg?raw';
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { toast } from '../../client/toasts.ts';
import { SEAT } from '../../client/words-seat.ts';
import { Icon } from './Icon.tsx';
import { LeaseLeft } from './SeatLease.tsx';

interface Props {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}

export function SeatButton({ session, actions }: Props) {
  return (
    <button
      type="button"
      class="night-button"
      aria-haspopup="dialog"
      title={SEAT.title[lang]}
      onClick={() => actions.show('seat')}
    >
      <Icon svg={boxIcon} />
      <span>{SEAT.title[lang]}</span>
      <LeaseLeft session={session} />
    </button>
  );
}

export function SeatPanel({ session, actions }: Props) {
  const [loaded, setLoaded] = useState<{ readonly Drawer: FunctionComponent<Props> } | null>(null);
  useEffect(() => {
    let wanted = true;
    import('./SeatDrawer.tsx').then(
      ({ SeatDrawer }) => wanted && setLoaded({ Drawer: SeatDrawer }),
      () => {
        actions.show(null);
        toast(SEAT.failed[lang]);
      },
    );
    return () => {
      wanted = false;
    };
  }, [actions]);
  return loaded === null ? null : <loaded.Drawer session={session} actions={actions} />;
}
