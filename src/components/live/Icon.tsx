/** Live islands: views of the room as functions of its signals. They know no socket. */
import { inner, STROKE } from '../../client/icons.ts';

export function Icon({ svg }: { readonly svg: string }) {
  // The drawing is a file of ours, taken in at build time.
  return <svg {...STROKE} dangerouslySetInnerHTML={{ __html: inner(svg) }} />;
}
