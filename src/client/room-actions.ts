/** What the buttons and keys of a room do: ops, dialogs, and sentences when an op is refused. */
import { signal } from '@preact/signals';
import type { Link, Me } from '#protocol/api.ts';
import type { PersonOp } from '#protocol/room-state.ts';
import { suggestedNext } from '#protocol/rotation.ts';
import { call, sentenceOf, whoAmI } from './api.ts';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { toast } from './toasts.ts';
import { ROOM } from './words.ts';

export type Sheet =
  | 'give'
  | 'keys'
  | 'seat'
  | { readonly kind: 'invite'; readonly host: Me['host']; readonly take: Link; readonly watch: Link }
  | { readonly kind: 'link'; readonly uri: string }
  | { readonly kind: 'close-terminal'; readonly terminal: number; readonly command: string };

export class RoomActions {
  readonly sheet = signal<Sheet | null>(null);
  readonly #session: RoomSession;
  #links: readonly [Link, Link] | null = null;

  constructor(session: RoomSession) {
    this.#session = session;
  }

  show(sheet: Sheet | null): void {
    this.sheet.value = sheet;
  }

  /** True when it was done; otherwise the person was told why not. */
  async do(op: PersonOp): Promise<boolean> {
    const refusal = await this.#session.op(op);
    if (refusal !== null) toast(sentenceOf(refusal, lang));
    return refusal === null;
  }

  /** F8: give for the driver, take a free keyboard, accept an offer, or ask to be next. */
  async pressF8(): Promise<void> {
    const session = this.#session;
    const room = session.room.value;
    if (room === null) return;
    const you = session.you.value;
    const { driver } = room.keyboard;
    if (driver === you) {
      if (room.offer !== null) return;
      if (room.kind === 'mob' || suggestedNext(room) !== null) this.show('give');
      else toast(ROOM.alone[lang]);
    } else if (room.offer?.to === you) await this.do({ type: 'accept' });
    else if (driver === null || (room.members[driver]?.connections ?? 0) === 0)
      await this.do({ type: 'take' });
    else await this.do({ type: room.requests.includes(you) ? 'withdraw' : 'request' });
  }

  /** True when there is another one now, in front. */
  async openTerminal(): Promise<boolean> {
    const refusal = await this.#session.openTerminal();
    if (refusal !== null) toast(sentenceOf(refusal, lang));
    return refusal === null;
  }

  /** Asks first when something runs in it. */
  closeTerminal(terminal: number, sure = false): void {
    const command =
      this.#session.terminals.peek().find((info) => info.terminal === terminal)?.command ?? null;
    if (command !== null && !sure) {
      this.show({ kind: 'close-terminal', terminal, command });
      return;
    }
    this.show(null);
    void this.#session.closeTerminal(terminal).then((refusal) => {
      if (refusal !== null) toast(sentenceOf(refusal, lang));
    });
  }

  /** Makes a mob of the room, then both links; pressed again, the same links are shown. */
  async invite(): Promise<void> {
    const session = this.#session;
    if (session.room.value?.kind === 'lab' && !(await this.do({ type: 'make-mob' }))) return;
    const me = await whoAmI();
    if (!me.ok) return toast(sentenceOf(me.refusal, lang));
    const links = await this.#roomLinks();
    if (links === null) return;
    const [take, watch] = links;
    this.show({ kind: 'invite', host: me.value.host, take, watch });
  }

  async #roomLinks(): Promise<readonly [Link, Link] | null> {
    if (this.#links !== null) return this.#links;
    const room = this.#session.id;
    const known = await call<readonly Link[]>('GET', '/api/links');
    const usable = known.ok
      ? known.value.filter((link) => link.room === room && link.expiresAt > Date.now())
      : [];
    const made: Link[] = [];
    for (const kind of ['room-take-part', 'room-watch'] as const) {
      const old = usable.find((link) => link.kind === kind);
      if (old !== undefined) {
        made.push(old);
        continue;
      }
      const answer = await call<Link>('POST', '/api/links', { kind, room });
      if (!answer.ok) {
        toast(sentenceOf(answer.refusal, lang));
        return null;
      }
      made.push(answer.value);
    }
    const [take, watch] = made;
    if (take === undefined || watch === undefined) return null;
    this.#links = [take, watch];
    return this.#links;
  }
}
