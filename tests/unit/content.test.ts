import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Lab, labSchema, type Script, scriptSchema } from '../../labs/schema.ts';
import {
  avoidedWords,
  bilingual,
  countJi,
  type Prose,
  proseFolders,
  readGlossary,
  readProse,
  readText,
  readYaml,
  sentences,
  visibleText,
} from '../support/prose.ts';

const MAX_CHAPTER_JI = 5_000;
const MAX_SENTENCE_JI = 90;
const MAX_AVERAGE_JI = 50;

const glossary = readGlossary();
const chapters = proseFolders('content');
const labs = proseFolders('labs');
const both = [...chapters, ...labs].flatMap((folder) => [`${folder}/index.mdx`, `${folder}/index.en.mdx`]);
const japanese = both.filter((path) => !path.endsWith('.en.mdx'));

const stopList = z.array(z.object({ id: z.string(), title: z.string() }));

test('there is something to test', () => {
  expect(chapters).not.toEqual([]);
  expect(labs).not.toEqual([]);
});

describe.each(chapters)('%s', (folder) => {
  const languages = ['index.mdx', 'index.en.mdx'].map((name) => readProse(`${folder}/${name}`));

  test('CONTENT-1 a chapter has at most 5,000 字', () => {
    expect(countJi(visibleText(readProse(`${folder}/index.mdx`)))).toBeLessThanOrEqual(MAX_CHAPTER_JI);
  });

  test.each(languages)('CONTENT-1 $path has 3–4 stops, as its front matter lists them', (prose) => {
    const listed = stopList.parse(prose.front.stops);
    const written = prose.tags.filter((tag) => tag.name === 'Stop');
    expect(written.map(({ attributes }) => ({ id: attributes.id, title: attributes.title }))).toEqual(listed);
    expect([3, 4]).toContain(written.length);
  });

  test.each(languages)(
    'CONTENT-1 $path asks exactly one question in each stop, and says 「うちでは」',
    (prose) => {
      const stops = prose.body.split('<Stop ').slice(1);
      expect(stops.map((stop) => stop.split('<Question>').length - 1)).toEqual(stops.map(() => 1));
      expect(prose.tags.map((tag) => tag.name)).toEqual(
        expect.arrayContaining(['Predict', 'Retrieve', 'Ours', 'Figure', 'KeyTerms', 'HostNotes', 'Sources']),
      );
    },
  );

  test('CONTENT-1 every lab that follows exists', () => {
    const following = z.array(z.string()).parse(languages[0]?.front.labs);
    expect(labs).toEqual(expect.arrayContaining(following.map((id) => `labs/${id}`)));
  });
});

describe.each([...chapters, ...labs])('%s', (folder) => {
  test('CONTENT-2 the English mirror has the same components with the same ids', () => {
    const source = readProse(`${folder}/index.mdx`);
    const mirror = readProse(`${folder}/index.en.mdx`);
    expect(skeleton(mirror)).toEqual(skeleton(source));
    expect(termsBySection(mirror)).toEqual(termsBySection(source));
    expect([source.lang, mirror.lang]).toEqual(['ja', 'en']);
    expect(mirror.front.translationOf).toBe('index.mdx');
  });
});

describe.each(both)('%s', (path) => {
  const prose = readProse(path);

  test('CONTENT-3 every term is in the glossary, every component in COMPONENTS.md', () => {
    const used = prose.tags.flatMap(({ name, attributes }) => {
      if (name === 'Term') return [attributes.id ?? ''];
      return name === 'KeyTerms' ? (attributes.ids ?? '').split(' ') : [];
    });
    expect(glossary.map((term) => term.id)).toEqual(expect.arrayContaining(used));

    const documented = [...readText('content/COMPONENTS.md').matchAll(/`([A-Z]\w+)`/g)].map(
      (match) => match[1],
    );
    expect(documented).toEqual(expect.arrayContaining(prose.tags.map((tag) => tag.name)));
  });

  test('CONTENT-4 no avoided word stands in it', () => {
    expect(avoidedWords(prose.body, prose.lang, glossary)).toEqual([]);
  });

  test('CONTENT-3 props are strings or flags, so that the linter can read the file', () => {
    expect(prose.body.replace(/`[^`]*`|"[^"]*"/g, '')).not.toMatch(/[{}]/);
  });
});

test.each(japanese)('CONTENT-5 %s: sentences are short', (path) => {
  const lengths = sentences(readProse(path)).map((sentence) => ({ sentence, ji: countJi(sentence) }));
  expect(lengths.filter(({ ji }) => ji > MAX_SENTENCE_JI)).toEqual([]);
  expect(lengths.reduce((sum, { ji }) => sum + ji, 0) / lengths.length).toBeLessThanOrEqual(MAX_AVERAGE_JI);
});

describe.each(labs)('%s', (folder) => {
  const lab = labSchema.parse(readYaml(`${folder}/lab.yaml`));
  const script = (file: string) => scriptSchema.parse(readYaml(`${folder}/${file}`));

  test.each(['index.mdx', 'index.en.mdx'])(
    'CONTENT-6 %s places every step and task once, in order',
    (name) => {
      const { tags } = readProse(`${folder}/${name}`);
      const ids = (component: string, key: string) =>
        tags.filter((tag) => tag.name === component).map((tag) => tag.attributes[key]);
      const tasks = lab.steps.flatMap((step) => step.tasks);
      expect(ids('Step', 'id')).toEqual(lab.steps.map((step) => step.id));
      expect(ids('Task', 'id')).toEqual(tasks.map((task) => task.id));
      expect(ids('Hint', 'task')).toEqual(
        tasks.filter((task) => task.hints.length > 0).map((task) => task.id),
      );
      expect(ids('Ask', 'task')).toEqual(
        tasks.filter((task) => 'answer' in task.check).map((task) => task.id),
      );
      expect(Object.keys(lab.vars)).toEqual(expect.arrayContaining(ids('Var', 'name')));
      const inCommands = ids('Run', 'cmd').flatMap((cmd) => [...(cmd ?? '').matchAll(/\{\{(\w+)\}\}/g)]);
      expect(Object.keys(lab.vars)).toEqual(expect.arrayContaining(inCommands.map((match) => match[1])));
    },
  );

  test('CONTENT-7 every command is covered by a model answer or marked demo', () => {
    const typed = lab.steps.flatMap((step) => script(step.solve)).flatMap(commands);
    const uncovered = readProse(`${folder}/index.mdx`)
      .tags.filter((tag) => tag.name === 'Run' && !('demo' in tag.attributes))
      .filter(({ attributes: { cmd = '', unfinished } }) =>
        unfinished === undefined ? !typed.includes(cmd) : !typed.some((line) => line.startsWith(`${cmd} `)),
      );
    expect(uncovered).toEqual([]);
  });

  test('CONTENT-7 every answer task has a model answer and a mistake whose sentence its check can say', () => {
    for (const step of lab.steps) {
      const answered = script(step.solve).flatMap(answers);
      for (const task of step.tasks.filter((one) => 'answer' in one.check)) {
        expect(answered.map((answer) => answer.task)).toContain(task.id);
        expect(step.wrong.map((wrong) => wrong.rejectedBy)).toContain(task.id);
      }
      for (const wrong of step.wrong) {
        expect(script(wrong.file).flatMap(answers)).toHaveLength(1);
        expect(sayings(step.tasks.find((task) => task.id === wrong.rejectedBy)).join('\n')).toContain(
          wrong.says,
        );
      }
    }
  });

  test('CONTENT-7 the steps take as long as the lab says', () => {
    expect(lab.steps.reduce((sum, step) => sum + step.minutes, 0)).toBe(lab.minutes);
  });
});

test.each([
  'content/glossary.yaml',
  'content/facilitator/reading-30.yaml',
  'content/facilitator/mob-60.yaml',
  ...labs.map((folder) => `${folder}/lab.yaml`),
])('CONTENT-4 %s speaks both languages, in the words of the glossary', (path) => {
  const texts = bilingual(withoutAvoided(readYaml(path)));
  expect(texts).not.toEqual([]);
  for (const { place, text } of texts) {
    expect({ place, ja: typeof text.ja, en: typeof text.en }).toEqual({
      place,
      ja: 'string',
      en: 'string',
    });
    // A comma that was not quoted leaves a key without a value.
    expect(Object.values(text), place).not.toContain(null);
    expect(avoidedWords(String(text.ja), 'ja', glossary)).toEqual([]);
    expect(avoidedWords(String(text.en), 'en', glossary)).toEqual([]);
  }
});

test.each(['reading-30', 'mob-60'])('CONTENT-9 the phases of %s fill its minutes', (id) => {
  const phase = z.object({ minutes: z.number(), say: z.unknown(), press: z.unknown(), silence: z.unknown() });
  const session = z
    .object({ minutes: z.number(), phases: z.array(phase) })
    .parse(readYaml(`content/facilitator/${id}.yaml`));
  expect(session.phases.reduce((sum, one) => sum + one.minutes, 0)).toBe(session.minutes);
  expect(session.phases.filter((one) => !one.say || !one.press || !one.silence)).toEqual([]);
});

describe('CONTENT-8 the linter', () => {
  test('has nothing to say about what we publish', () => {
    expect(() => execFileSync('npx', ['textlint', ...japanese], { stdio: 'pipe' })).not.toThrow();
  });

  test.each([
    [
      'an avoided word',
      '<Stop id="a" title="b" minutes="1">\n\n次のドライバーに渡します。\n\n</Stop>\n',
      'キーボードの人',
    ],
    ['the tone of an advertisement', 'これは革命的な技術です。\n', 'no-ai-hype-expressions'],
    [
      'a mixture of styles',
      '読みます。\n\n今日は書く。これが全部である。明日も読みます。\n',
      'no-mix-dearu-desumasu',
    ],
  ])('refuses %s', (_what, text, complaint) => {
    const run = spawnSync('npx', ['textlint', '--stdin', '--stdin-filename', 'content/x/index.mdx'], {
      input: text,
    });
    expect(run.status).toBe(1);
    expect(String(run.stdout)).toContain(complaint);
  });
});

/** What must be equal in both languages: components and ids, but neither words nor the order of terms. */
function skeleton(prose: Prose): string[] {
  return prose.tags
    .filter((tag) => tag.name !== 'Term')
    .map(
      ({ name, attributes: { title, caption, alt, summary, ...kept } }) => `${name} ${JSON.stringify(kept)}`,
    );
}

function termsBySection(prose: Prose): string[][] {
  const sections: string[][] = [[]];
  for (const tag of prose.tags) {
    if (tag.name === 'Stop' || tag.name === 'Step') sections.push([]);
    if (tag.name === 'Term') sections.at(-1)?.push(tag.attributes.id ?? '');
  }
  return sections.map((ids) => ids.sort());
}

function commands(act: Script[number]): string[] {
  return 'type' in act ? [act.type] : [];
}

function answers(act: Script[number]): { task: string; value: string }[] {
  return 'answer' in act ? [act.answer] : [];
}

function sayings(task: Lab['steps'][number]['tasks'][number] | undefined): string[] {
  if (task === undefined || !('answer' in task.check)) return [];
  const { say, wrong } = task.check.answer;
  return [...wrong.map((rule) => rule.say.ja), say.ja];
}

/** The glossary may name the words it forbids. */
function withoutAvoided(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'avoid' ? undefined : inner));
}
