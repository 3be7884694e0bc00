/** The name that an invitation still needs. */
import type { JoinRequest } from '#protocol/api.ts';
import { sentenceOf } from '../../client/api.ts';
import { join } from '../../client/joining.ts';
import { lang } from '../../client/language.ts';
import { NAME } from '../../client/words.ts';
import { NameForm } from './NameForm.tsx';

export function JoinFlow({ request }: { readonly request: JoinRequest }) {
  const submit = async (name: string) => {
    const answer = await join({ ...request, name });
    return answer.kind === 'refused' ? sentenceOf(answer.refusal, lang) : null;
  };
  return <NameForm label={NAME.enter[lang]} submit={submit} autofocus />;
}
