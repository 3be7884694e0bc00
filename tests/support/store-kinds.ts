import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import type { ManualClock } from './manual-clock.ts';

/** An implementation, and how it is opened in a place of its own, again and again. */
interface Kind {
  readonly name: string;
  readonly open: (place: string, clock: ManualClock) => Promise<Store>;
}

export const KINDS: readonly Kind[] = [
  { name: 'sqlite', open: (folder, clock) => openSqliteStore({ folder, clock, log: silentLog }) },
];
