import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { firstSentence } from '#protocol/report.ts';
import { fill, type Script, scriptSchema } from '../../labs/schema.ts';
import { loadLabs } from '../../server/labs/loader.ts';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const labs = await loadLabs(path.resolve('labs'));

/** Does what a script says, as a person would: types into the shell, answers on the page. */
async function follow(tab: Tab, script: Script, vars: Readonly<Record<string, string>>): Promise<void> {
  for (const act of script) {
    if ('type' in act) await tab.run(fill(act.type, vars), 60_000);
    else await tab.answer(act.answer.task, fill(act.answer.value, vars));
  }
}

describe.each([...labs.values()].map((lab) => [lab.facts.id, lab] as const))('%s', (id, lab) => {
  const script = async (file: string) =>
    scriptSchema.parse(parse(await readFile(path.join('labs', id, file), 'utf8')));
  const taskIds = lab.facts.steps.flatMap((step) => step.tasks.map((task) => task.id));
  let server: TestServer;
  let tab: Tab;
  let vars: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await TestServer.start();
    const person = await Person.named(server.origin, '証明');
    const room = await person.start(id);
    tab = await person.enter(room);
    await tab.prompt();
    // The proof knows the values that the page must not show.
    await using store = await openSqliteStore({
      folder: server.data,
      clock: wallClock,
      log: silentLog,
      beside: true,
    });
    vars = (await store.attempts.get(tab.room.attempt))?.vars ?? {};
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('LAB-7 a fresh attempt has passed nothing', () => {
    expect(taskIds.map((task) => tab.task(task))).toEqual(taskIds.map(() => 'pending'));
  });

  it.each(lab.facts.steps.flatMap((step) => step.wrong))(
    'LAB-7 the wrong fix $id is rejected with the sentence that was meant',
    async ({ file, rejectedBy, says }) => {
      await follow(tab, await script(file), vars);
      const report = tab.room.tasks[rejectedBy]?.report;
      expect(report?.status).toBe('fail');
      expect(report && firstSentence(report, 'ja')).toContain(says);
    },
  );

  it.each(lab.facts.steps)(
    'LAB-7 the model answer of step $id passes its tasks',
    async (step) => {
      await follow(tab, await script(step.solve), vars);
      for (const task of step.tasks)
        await until(() => tab.task(task.id) === 'pass', { what: `task ${task.id}` });
    },
    120_000,
  );
});
