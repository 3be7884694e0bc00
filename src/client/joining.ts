/** Spending a link or a code, and going where it leads: what /join/ and /code/ share. */
import type { JoinAnswer, JoinRequest, LinkKind } from '#protocol/api.ts';
import type { Refusal } from '#protocol/messages.ts';
import { call } from './api.ts';
import { at } from './language.ts';

export type Joining =
  | { readonly kind: 'going' }
  | { readonly kind: 'needs-name'; readonly link: LinkKind }
  | { readonly kind: 'refused'; readonly refusal: Refusal | 'offline' };

export async function join(request: JoinRequest): Promise<Joining> {
  const answer = await call<JoinAnswer>('POST', '/api/join', request);
  if (!answer.ok) return { kind: 'refused', refusal: answer.refusal };
  if (answer.value.needsName) return { kind: 'needs-name', link: answer.value.kind };
  const { to } = answer.value;
  location.replace(to.page === 'room' ? at(`/rooms/${to.room}`) : at('/'));
  return { kind: 'going' };
}
