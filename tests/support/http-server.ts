import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHttp, type HttpOptions } from '../../server/http/http.ts';
import { type Log, silentLog } from '../../server/lib/log.ts';
import { createJoin } from '../../server/people/join.ts';
import { createLinks, joinUrl } from '../../server/people/links.ts';
import { createPeople } from '../../server/people/people.ts';
import { createSessions } from '../../server/people/sessions.ts';
import { createTickets } from '../../server/people/tickets.ts';
import { Previews, previewUrl } from '../../server/seats/previews.ts';
import { createChoreMap } from '../../server/skills/chore-map.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { Browser } from './browser.ts';
import { ManualClock } from './manual-clock.ts';
import { storedRooms } from './stored-rooms.ts';

export const NOW = Date.UTC(2026, 10, 24);

const PAGES: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>home</title>',
  'en/index.html': '<!doctype html><title>home in English</title>',
  '404.html': '<!doctype html><title>ない</title>',
  'en/404/index.html': '<!doctype html><title>not here</title>',
  'join/index.html': '<!doctype html><title>join</title>',
  'map/index.html': '<!doctype html><title>map</title>',
  'chapters/one/index.html': `<!doctype html><title>one</title>${'<p>土を耕す'.repeat(400)}`,
  'labs/see-whats-running/index.html': '<!doctype html><title>lab</title>',
  'en/labs/see-whats-running/index.html': '<!doctype html><title>lab in English</title>',
  '_astro/app.D4f1.js': `export const text = '${'a'.repeat(4000)}';`,
};

/** A server on a port of its own, with a real store and a small built site, in a folder that goes away. */
export interface TestServer extends AsyncDisposable {
  readonly origin: string;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly links: HttpOptions['links'];
  readonly tickets: HttpOptions['tickets'];
  ownerLink(): Promise<string>;
  /** A browser of its own: cookies, Origin, JSON. */
  browser(): Browser;
}

export async function startHttp({
  rates = UNBOUNDED,
  log = silentLog,
  origin: fixed,
  about = {},
  previews = new Previews((capability) => previewUrl(null, capability)),
  previewHosts = null,
  previewBounds,
}: {
  readonly rates?: HttpOptions['rates'];
  readonly log?: Log;
  /** An origin that the server believes in, whatever it listens on. */
  readonly origin?: string;
  readonly about?: Partial<ReturnType<HttpOptions['about']>>;
  readonly previews?: HttpOptions['previews'];
  readonly previewHosts?: string | null;
  readonly previewBounds?: NonNullable<HttpOptions['previewBounds']>;
} = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dojou-http-'));
  const dist = join(folder, 'dist');
  for (const [path, text] of Object.entries(PAGES)) {
    await mkdir(dirname(join(dist, path)), { recursive: true });
    await writeFile(join(dist, path), text);
  }
  const clock = new ManualClock(NOW);
  const store = await openSqliteStore({ folder: join(folder, 'data'), clock, log });
  const people = createPeople({ store, clock });
  const links = await createLinks({ store, clock });
  const tickets = createTickets({ clock });
  let origin = fixed ?? '';
  const app = await createHttp({
    people,
    sessions: createSessions({ store, clock }),
    links,
    join: createJoin({ store, people, links }),
    tickets,
    map: createChoreMap({ store, clock }),
    rooms: storedRooms(store, ['see-whats-running']),
    log,
    origin: () => origin,
    about: () => ({
      ...{ version: '9.9.9', sandbox: 'none', missing: [], loopbackOnly: true, insecureLan: false },
      ...{ aws: 'practice', url: origin },
      ...about,
    }),
    ...{ dist, previews, previewHosts },
    ...(previewBounds === undefined ? {} : { previewBounds }),
    tls: null,
    trustProxy: [],
    rates: rates ?? UNBOUNDED,
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = new URL(address);
  origin = fixed ?? `http://localhost:${port}`;
  return {
    ...{ origin, store, clock, links, tickets },
    ownerLink: async () => joinUrl(origin, await links.owner()),
    browser: () => new Browser(origin, address),
    async [Symbol.asyncDispose]() {
      await app.close();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const MANY = 1_000_000;
const UNBOUNDED = {
  ...{ names: MANY, joins: MANY, codes: MANY, codesOverall: MANY, tickets: MANY, starts: MANY },
  ...{ filesSeen: MANY, filesChanged: MANY },
};
