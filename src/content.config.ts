/** What the site is made of: chapters and words from content/, labs from labs/ by their own schema. */
import { defineCollection } from 'astro:content';
import { file, glob } from 'astro/loaders';
import { z } from 'astro/zod';
import { parse } from 'yaml';
import { labSchema } from '../labs/schema.ts';

/** `01-first/index.en.mdx` → `first/en`; folders carry a number for their order on disk only. */
function proseId({ entry }: { entry: string }): string {
  const [folder = '', name = ''] = entry.split('/');
  return `${folder.replace(/^\d+-/, '')}/${name === 'index.en.mdx' ? 'en' : 'ja'}`;
}

const mirrored = {
  lang: z.enum(['ja', 'en']),
  updated: z.coerce.date(),
  translationOf: z.string().optional(),
  sourceUpdated: z.coerce.date().optional(),
};

const chapters = defineCollection({
  loader: glob({ pattern: '*/index*.mdx', base: './content', generateId: proseId }),
  schema: z.strictObject({
    ...mirrored,
    title: z.string(),
    reading: z.string().optional(),
    summary: z.string(),
    number: z.number().int().positive(),
    minutes: z.number().int().positive(),
    stops: z.array(z.strictObject({ id: z.string(), title: z.string() })).min(1),
    labs: z.array(z.string()).default([]),
  }),
});

const labs = defineCollection({
  loader: glob({
    pattern: '*/lab.yaml',
    base: './labs',
    generateId: ({ entry }) => entry.split('/')[0] ?? entry,
  }),
  schema: labSchema,
});

const labProse = defineCollection({
  loader: glob({ pattern: '*/index*.mdx', base: './labs', generateId: proseId }),
  schema: z.strictObject(mirrored),
});

const pages = defineCollection({
  loader: glob({ pattern: '*/index*.mdx', base: './content/pages', generateId: proseId }),
  schema: z.strictObject({ ...mirrored, title: z.string(), summary: z.string() }),
});

const both = z.object({ ja: z.string(), en: z.string() });

const words = defineCollection({
  loader: file('./content/glossary.yaml', { parser: (text) => parse(text).terms }),
  schema: z.object({
    id: z.string(),
    ja: z.string(),
    en: z.string(),
    reading: z.string().optional(),
    meaning: both,
  }),
});

export const collections = { chapters, pages, labs, labProse, words };
