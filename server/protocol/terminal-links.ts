/**
 * Links are forgotten with the lines that show them: xterm.js 6.0.0 marks each line for each link, and looks
 * at all marks with every character and every line that scrolls. Only the last marks of a terminal are
 * kept, counted by what was printed alone, so that page and mirror forget the same ones.
 */

/** Some screenfuls of names, each of them a link. */
export const MARKS_MOST = 500;

interface Mark {
  readonly line: number;
  dispose(): void;
}

interface Links {
  registerLink(data: object): number;
  addLineToLink(link: number, line: number): void;
  readonly _dataByLinkId: { get(link: number): { readonly lines: readonly Mark[] } | undefined };
}

/** Before anything is written to it. Throws when this xterm.js keeps its links elsewhere. */
export function boundLinks(terminal: object): void {
  const links = linksOf(terminal);
  const marks: (Mark | undefined)[] = Array.from({ length: MARKS_MOST });
  let next = 0;
  const keep = (mark: Mark | undefined) => {
    const last = marks[next];
    marks[next] = mark;
    next = (next + 1) % MARKS_MOST;
    last?.dispose();
  };
  const { registerLink, addLineToLink } = links;
  let newest = 0;
  links.registerLink = (data) => {
    const link = registerLink.call(links, data);
    if (link > newest) keep(links._dataByLinkId.get(link)?.lines[0]);
    newest = Math.max(newest, link);
    return link;
  };
  links.addLineToLink = (link, line) => {
    const lines = links._dataByLinkId.get(link)?.lines;
    if (lines === undefined || lines.at(-1)?.line === line) return;
    const count = lines.length;
    addLineToLink.call(links, link, line);
    if (lines.length > count) keep(lines.at(-1));
  };
}

function linksOf(terminal: object): Links {
  const links: unknown = Reflect.get(Object(Reflect.get(terminal, '_core')), '_oscLinkService');
  const has = (name: string) => Reflect.get(Object(links), name);
  if (
    typeof has('registerLink') !== 'function' ||
    typeof has('addLineToLink') !== 'function' ||
    !(has('_dataByLinkId') instanceof Map)
  ) {
    throw new Error('xterm.js has no links: its insides have changed');
  }
  // Each field has just been found.
  return links as Links;
}
