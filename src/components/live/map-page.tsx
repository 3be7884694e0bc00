/** /map/ alive. */
import { render } from 'preact';
import type { ChoreMap } from '#protocol/api.ts';
import { call, sentenceOf, whoAmI } from '../../client/api.ts';
import { lang } from '../../client/language.ts';
import { MapView } from './MapView.tsx';

const box = document.getElementById('map');
if (box !== null) await open(box);

async function open(where: HTMLElement): Promise<void> {
  const [me, map] = await Promise.all([whoAmI(), call<ChoreMap>('GET', '/api/map')]);
  if (!map.ok) {
    render(<p role="alert">{sentenceOf(map.refusal, lang)}</p>, where);
    return;
  }
  render(<MapView first={map.value} role={me.ok ? (me.value.person?.role ?? null) : null} />, where);
}
