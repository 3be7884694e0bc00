/**
 * The links of a terminal. xterm.js 6.0.0 forgets one with the last line that shows it, and to know that
 * looks at a mark for each line with every character, and with every line that scrolls. Here the last
 * links are kept, whatever shows them: by what was printed alone, so that page and mirror keep the same.
 */

/** Some screenfuls of names, each of them a link. */
export const LINKS_MOST = 1000;

interface Link {
  readonly id?: string | undefined;
  readonly uri: string;
}

interface Links {
  registerLink(link: Link): number;
  addLineToLink(number: number, line: number): void;
  getLinkData(number: number): Link | undefined;
}

/** Before anything is written to it. Throws when this xterm.js keeps its links elsewhere. */
export function boundLinks(terminal: object): void {
  const links = linksOf(terminal);
  /** The one that was used longest ago comes first. */
  const kept = new Map<number, Link>();
  const named = new Map<string, number>();
  let count = 0;
  const nameOf = ({ id, uri }: Link) => (id === undefined ? null : `${id};;${uri}`);
  links.registerLink = (link) => {
    const name = nameOf(link);
    const known = name === null ? undefined : named.get(name);
    count += known === undefined ? 1 : 0;
    const number = known ?? count;
    kept.delete(number);
    kept.set(number, link);
    if (name !== null) named.set(name, number);
    for (const [oldest, gone] of kept) {
      if (kept.size <= LINKS_MOST) break;
      kept.delete(oldest);
      named.delete(nameOf(gone) ?? '');
    }
    return number;
  };
  links.addLineToLink = () => undefined;
  links.getLinkData = (number) => kept.get(number);
}

function linksOf(terminal: object): Links {
  const links: unknown = Reflect.get(Object(Reflect.get(terminal, '_core')), '_oscLinkService');
  for (const name of ['registerLink', 'addLineToLink', 'getLinkData']) {
    if (typeof Reflect.get(Object(links), name) !== 'function') {
      throw new Error(`xterm.js has no ${name} for links: its insides have changed`);
    }
  }
  // Each method has just been found.
  return links as Links;
}
