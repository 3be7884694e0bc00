/** Reads chapters and labs as text with components in it, the way a proofreader would. It renders nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Prose {
  readonly path: string;
  readonly lang: 'ja' | 'en';
  readonly front: Readonly<Record<string, unknown>>;
  /** Everything below the front matter. */
  readonly body: string;
  /** Components in order of their opening tags; what an svg is drawn with is left out. */
  readonly tags: readonly Tag[];
}

const frontMatter = z.looseObject({ lang: z.enum(['ja', 'en']) });

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function readYaml(path: string): unknown {
  return parse(readText(path));
}

/** Folders below `parent` that hold an index.mdx, as paths from the root of the repository. */
export function proseFolders(parent: 'content' | 'labs'): string[] {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
    .filter((folder) => readdirSync(join(root, folder)).includes('index.mdx'))
    .sort();
}

export function readProse(path: string): Prose {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readText(path)) ?? [];
  const front = frontMatter.parse(parse(head));
  return { path, lang: front.lang, front, body, tags: tagsOf(body) };
}

function tagsOf(body: string): Tag[] {
  const withoutDrawings = body.replace(/<svg[\s\S]*?<\/svg>/g, '');
  return [...withoutDrawings.matchAll(/<([A-Z]\w*)((?:\s+\w+(?:="[^"]*")?)*)\s*\/?>/g)].map((match) => ({
    name: match[1] ?? '',
    attributes: Object.fromEntries(
      [...(match[2] ?? '').matchAll(/(\w+)(?:="([^"]*)")?/g)].map((pair) => [pair[1] ?? '', pair[2] ?? '']),
    ),
  }));
}

/** What a reader reads: no tags, drawings, addresses, table rulers or Markdown marks. One paragraph a line. */
export function visibleText(prose: Prose): string {
  return prose.body
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<\/?[A-Za-z](?:"[^"]*"|[^>"])*>/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split('\n')
    .filter((line) => !/^\s*\|[\s|:-]+\|\s*$/.test(line))
    .map((line) =>
      line
        .replace(/^(#+|-)\s+/, '')
        .replace(/[`*|]/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n');
}

/** 字: characters, without spaces and line ends. */
export function countJi(text: string): number {
  return [...text.replace(/\s/g, '')].length;
}

/** Sentences of running prose: headings, table rows and lists of links are not sentences. */
export function sentences(prose: Prose): string[] {
  const paragraphs = prose.body
    .split('\n')
    .filter((line) => !/^\s*([|#<]|- )/.test(line) || /^<Term/.test(line))
    .join('\n');
  return visibleText({ ...prose, body: paragraphs })
    .split('\n')
    .flatMap((line) => line.split(/(?<=。」?)(?![」）。])/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

const term = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]*$/),
  ja: z.string().min(1),
  reading: z.string().min(1).optional(),
  en: z.string().min(1),
  meaning: z.strictObject({ ja: z.string().min(1), en: z.string().min(1) }),
  avoid: z.strictObject({ ja: z.array(z.string()), en: z.array(z.string()) }),
});

export type Term = z.infer<typeof term>;

export function readGlossary(): Term[] {
  return z.strictObject({ terms: z.array(term) }).parse(readYaml('content/glossary.yaml')).terms;
}

/** The avoided words of `lang` that occur in the text, each with the word to write instead. */
export function avoidedWords(text: string, lang: 'ja' | 'en', terms: readonly Term[]): string[] {
  return terms.flatMap((one) =>
    one.avoid[lang]
      .filter((avoided) => pattern(avoided, lang).test(text))
      .map((avoided) => `${avoided} → ${one[lang]}`),
  );
}

function pattern(avoided: string, lang: 'ja' | 'en'): RegExp {
  const source = /^\/(.+)\/$/.exec(avoided)?.[1] ?? avoided.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return lang === 'ja' ? new RegExp(source) : new RegExp(`\\b${source}\\b`, 'i');
}

/** Every `{ ja, en }` in a YAML document, with its place; a half-written one comes out as it is. */
export function bilingual(value: unknown, place = ''): { place: string; text: Record<string, unknown> }[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => bilingual(one, `${place}[${at}]`));
  const record = z.record(z.string(), z.unknown()).safeParse(value);
  if (!record.success) return [];
  if ('ja' in record.data || 'en' in record.data) return [{ place, text: record.data }];
  return Object.entries(record.data).flatMap(([key, inner]) => bilingual(inner, `${place}.${key}`));
}
