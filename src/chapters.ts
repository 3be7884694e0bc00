/** Chapters as pages need them: a language's text, or the Japanese source where no mirror exists yet. */
import { type CollectionEntry, getCollection } from 'astro:content';
import type { Lang } from '#protocol/errors.ts';

export interface Chapter {
  readonly slug: string;
  readonly entry: CollectionEntry<'chapters'>;
  /** The mirror is older than its source: both dates. */
  readonly stale: { readonly source: Date; readonly mirror: Date } | null;
}

export async function chaptersIn(lang: Lang): Promise<readonly Chapter[]> {
  const all = await getCollection('chapters');
  const sources = all.filter((entry) => entry.data.lang === 'ja');
  return sources
    .map((source) => {
      const slug = source.id.split('/')[0] ?? source.id;
      const mirror = all.find((entry) => entry.id === `${slug}/en`);
      const entry = lang === 'en' && mirror !== undefined ? mirror : source;
      return { slug, entry, stale: staleness(source, entry) };
    })
    .sort((a, b) => a.entry.data.number - b.entry.data.number);
}

function staleness(source: CollectionEntry<'chapters'>, entry: CollectionEntry<'chapters'>) {
  const mirror = entry.data.sourceUpdated;
  return mirror !== undefined && mirror < source.data.updated
    ? { source: source.data.updated, mirror }
    : null;
}

/** A calendar day, as the author wrote it: the build's zone must not move it. */
export function day(date: Date, lang: Lang): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
