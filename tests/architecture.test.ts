/**
 * The directions of imports, as one table. What is missing in a row is forbidden; a new folder needs a
 * row before anything may import it.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Import, type Module, readModule, readModules } from './support/modules.ts';

interface Row {
  /** Where its modules live: a folder ends with a slash, and the longest match counts. */
  readonly at: readonly string[];
  readonly may: readonly string[] | 'all';
  /** Whose types it may name without depending on how they are made, and why. */
  readonly types?: { readonly of: readonly string[]; readonly because: string };
}

const capabilities = [
  'people',
  'programmes',
  'skills',
  'labs',
  'rooms',
  'seats',
  'notes',
  'recordings',
  'search',
];
const leaves = ['protocol', 'lib'];
const onStore = (folder: string): Row => ({ at: [`server/${folder}/`], may: ['store', ...leaves] });

const TABLE: Readonly<Record<string, Row>> = {
  main: { at: ['server/main.ts'], may: 'all' },
  cli: { at: ['server/cli/'], may: 'all' },
  tests: { at: ['tests/'], may: 'all' },
  config: { at: ['server/config.ts', 'server/config/'], may: [] },
  app: {
    at: ['server/app.ts'],
    may: ['http', 'ws', 'terminals', ...capabilities, ...leaves],
    types: {
      of: ['config', 'store', 'sandbox', 'cluster', 'aws', 'world'],
      because: 'it is given the adapters, and passes them on by their interfaces',
    },
  },
  http: {
    at: ['server/http/'],
    may: [...capabilities, ...leaves],
    types: { of: ['config', 'store', 'sandbox'], because: 'records and settings pass through it unchanged' },
  },
  ws: {
    at: ['server/ws/'],
    may: ['rooms', 'people', 'notes', ...leaves],
    types: { of: ['config', 'store'], because: 'a person is a record of the store' },
  },
  rooms: {
    at: ['server/rooms/'],
    may: ['terminals', 'labs', 'seats', 'store', 'cluster', ...leaves],
    types: {
      of: ['world', 'sandbox', 'labFormat'],
      because: 'calls of the world and what a lab declares are shown in the room',
    },
  },
  labs: {
    at: ['server/labs/'],
    may: ['seats', 'labFormat', ...leaves],
    types: {
      of: ['store', 'world', 'sandbox'],
      because: 'checks read a world and a sandbox that they are handed',
    },
  },
  seats: {
    at: ['server/seats/'],
    may: ['sandbox', 'aws', 'egress', 'store', ...leaves],
    types: { of: ['world', 'labFormat'], because: 'a seat owns its world, whoever made it' },
  },
  terminals: { at: ['server/terminals/'], may: ['sandbox', ...leaves] },
  people: onStore('people'),
  programmes: onStore('programmes'),
  skills: onStore('skills'),
  notes: onStore('notes'),
  recordings: onStore('recordings'),
  search: onStore('search'),
  cluster: { at: ['server/cluster/'], may: leaves },
  store: { at: ['server/store/'], may: leaves },
  sqlite: { at: ['server/store/sqlite/'], may: ['store', ...leaves] },
  sandbox: { at: ['server/sandbox/'], may: leaves },
  bubblewrap: { at: ['server/sandbox/bubblewrap.ts'], may: ['sandbox', ...leaves] },
  process: { at: ['server/sandbox/process.ts'], may: ['sandbox', ...leaves] },
  aws: {
    at: ['server/aws/'],
    may: leaves,
    types: { of: ['world'], because: 'requests go to a world, and its calls are explained' },
  },
  sts: { at: ['server/aws/sts-vendor.ts'], may: ['aws', ...leaves] },
  practice: { at: ['server/aws/practice/'], may: ['world', 'lib'] },
  world: {
    at: ['world', 'seed', 'policy-document'].map((name) => `server/aws/practice/${name}.ts`),
    may: [],
  },
  egress: { at: ['server/egress/'], may: leaves },
  protocol: { at: ['server/protocol/'], may: [] },
  lib: { at: ['server/lib/'], may: [] },
  labFormat: { at: ['labs/schema.ts'], may: [] },
  lab: {
    at: ['labs/'],
    may: ['labFormat'],
    types: { of: ['world'], because: 'a lab draws the seed of its world' },
  },
  site: { at: ['src/'], may: ['client', 'protocol', 'labFormat'] },
  client: { at: ['src/client/'], may: ['protocol'] },
};

/** Made of something outside of us; everything else knows only the interface before them. */
const ADAPTERS = ['sqlite', 'bubblewrap', 'process', 'sts', 'practice'];
const MAKERS = ['main', 'cli', 'tests'];

const LINES_AT_MOST = 400;

/** Modules whose framework asks for a default export: here, it says what an .astro file is. */
const DEFAULT_EXPORTS: readonly string[] = ['src/env.d.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = readModules(root, ['server', 'src', 'labs', 'tests']);

function zoneOf(path: string): string | null {
  let best = { zone: '', length: -1 };
  for (const [zone, { at }] of Object.entries(TABLE)) {
    for (const place of at) {
      const inside = place.endsWith('/') ? path.startsWith(place) : path === place;
      if (inside && place.length > best.length) best = { zone, length: place.length };
    }
  }
  return best.length < 0 ? null : best.zone;
}

function isAllowed(from: string, to: string, typesOnly: boolean): boolean {
  const row = TABLE[from];
  if (row === undefined) return false;
  if (from === to || row.may === 'all' || row.may.includes(to)) return true;
  return typesOnly && (row.types?.of.includes(to) ?? false);
}

/** Sentences about every import of a module that the table forbids. */
function violations({ path, imports }: Module): readonly string[] {
  const from = zoneOf(path);
  if (from === null) return [`${path} lies in no folder of the table`];
  return imports.filter(isCode).flatMap(({ to, typesOnly }) => {
    const zone = zoneOf(to);
    if (zone !== null && isAllowed(from, zone, typesOnly)) return [];
    return [`${path} → ${to}: ${from} may not import ${typesOnly ? 'types of ' : ''}${zone ?? 'that'}`];
  });
}

/** Styles, pictures and data are not code; content is read by name. */
const isCode = ({ to, ours }: Import): boolean => ours && /\.(ts|tsx|mjs|astro)$/.test(to);

describe('the reader of imports', () => {
  const forms = `
    import { type A } from './a.ts'; import type { B } from '../b/b.ts'; import c, { type D } from './c.ts';
    import './effect.ts'; export { e } from './e.ts'; export type { F } from './f.ts'; import z from 'zod';
    import { g } from '#protocol/g.ts'; type H = import('./h.ts').H; const i = await import('./i.ts');
    new Worker(new URL('./worker.ts', import.meta.url));`;

  test('ARCH-1 sees every form of import, and which of them vanish', () => {
    const seen = readModule('server/x/x.ts', forms).imports.map(
      ({ to, typesOnly }) => `${to}${typesOnly ? ' (types)' : ''}`,
    );
    expect(seen).toEqual([
      'server/x/a.ts (types)',
      'server/b/b.ts (types)',
      'server/x/c.ts',
      'server/x/effect.ts',
      'server/x/e.ts',
      'server/x/f.ts (types)',
      'zod',
      'server/protocol/g.ts',
      'server/x/h.ts (types)',
      'server/x/i.ts',
      'server/x/worker.ts',
    ]);
  });

  test('ARCH-1 reads the front matter and the scripts of pages', () => {
    const page = `---\nimport A from './A.astro';\n---\n<p>import x from 'y'</p>\n<script>import '../client/b.ts';</script>`;
    expect(readModule('src/pages/p.astro', page).imports.map(({ to }) => to)).toEqual([
      'src/pages/A.astro',
      'src/client/b.ts',
    ]);
  });

  test.each([
    ['server/http/a.ts', `import '../ws/b.ts';`],
    ['server/ws/a.ts', `import type { B } from '../http/b.ts';`],
    ['server/rooms/a.ts', `import '../store/sqlite/open.ts';`],
    ['server/rooms/a.ts', `import { type B, c } from '../aws/practice/world.ts';`],
    ['server/seats/a.ts', `import '../sandbox/bubblewrap.ts';`],
    ['server/protocol/a.ts', `import '../lib/clock.ts';`],
    ['src/client/a.ts', `import '../../server/lib/clock.ts';`],
    ['src/client/a.ts', `import '../language.ts';`],
    ['server/unheard-of/a.ts', ``],
  ])('ARCH-1 would catch %s with %s', (path, text) => {
    expect(violations(readModule(path, text))).toHaveLength(1);
  });

  test('ARCH-6 sees what is exported', () => {
    const exported = (text: string) => {
      const { exportsAll, exportsDefault } = readModule('src/a.ts', text);
      return { exportsAll, exportsDefault };
    };
    expect(exported(`export * from './b.ts';`)).toEqual({ exportsAll: true, exportsDefault: false });
    for (const text of [
      'export default 1;',
      'export default function f() {}',
      'const a = 1; export { a as default };',
    ])
      expect(exported(text)).toEqual({ exportsAll: false, exportsDefault: true });
    expect(exported(`export { b } from './b.ts'; export const c = 1;`)).toEqual({
      exportsAll: false,
      exportsDefault: false,
    });
  });
});

describe('our modules', () => {
  test('ARCH-1 ARCH-4 import only what the table allows', () => {
    expect(modules.length).toBeGreaterThan(50);
    expect(modules.flatMap(violations)).toEqual([]);
  });

  test('ARCH-2 adapters are named by those who put things together, and by nobody else', () => {
    for (const [zone, { may, types }] of Object.entries(TABLE)) {
      const named = may === 'all' ? ADAPTERS : [...may, ...(types?.of ?? [])];
      if (!MAKERS.includes(zone)) expect(named.filter((name) => ADAPTERS.includes(name))).toEqual([]);
    }
  });

  test('ARCH-3 no folder needs itself by way of another', () => {
    const edges = modules.flatMap(({ path, imports }) =>
      imports.filter(isCode).map(({ to }) => [zoneOf(path) ?? path, zoneOf(to) ?? to] as const),
    );
    expect(cycleIn(edges.filter(([from]) => !MAKERS.includes(from)))).toBeNull();
  });

  test('ARCH-3 no module needs itself by way of another', () => {
    const edges = modules.flatMap(({ path, imports }) =>
      imports.filter((one) => isCode(one) && !one.typesOnly).map(({ to }) => [path, to] as const),
    );
    expect(cycleIn(edges)).toBeNull();
    expect(cycleIn([...edges, ['server/lib/clock.ts', 'server/lib/clock.ts']])).toBeNull();
    expect(
      cycleIn([
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ]),
    ).toBe('a → b → c → a');
  });

  test('ARCH-5 are short enough to be read at a sitting', () => {
    const long = modules.filter(({ lines }) => lines > LINES_AT_MOST);
    expect(long.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  });

  test('ARCH-6 export by name, one by one', () => {
    expect(modules.filter((one) => one.exportsAll).map(({ path }) => path)).toEqual([]);
    const byDefault = modules.filter((one) => one.exportsDefault && !DEFAULT_EXPORTS.includes(one.path));
    expect(byDefault.map(({ path }) => path)).toEqual([]);
  });
});

/** A way from somewhere back to itself, as a sentence; a step in place is none. */
function cycleIn(edges: readonly (readonly [from: string, to: string])[]): string | null {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const walk = (node: string, trail: readonly string[]): string | null => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node].join(' → ');
    if (done.has(node)) return null;
    for (const to of next.get(node) ?? []) {
      const found = walk(to, [...trail, node]);
      if (found) return found;
    }
    done.add(node);
    return null;
  };
  for (const node of next.keys()) {
    const found = walk(node, []);
    if (found) return found;
  }
  return null;
}
