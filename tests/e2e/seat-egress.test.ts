import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { axeViolations, Chromium, type Visitor } from '../support/chromium.ts';
import { LAB, type LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** A name that no server of names knows (RFC 2606). */
const LISTED = 'registry.invalid:443';

describe('the way out, on the page', () => {
  let labs: string;
  let server: TestServer;
  let chromium: Chromium;
  let visitor: Visitor;
  let lab: LabPage;

  beforeAll(async () => {
    labs = await mkdtemp(join(tmpdir(), 'dojou-labs-'));
    await cp(join('labs', LAB), join(labs, LAB), { recursive: true });
    const file = join(labs, LAB, 'lab.yaml');
    const facts = parse(await readFile(file, 'utf8'));
    await writeFile(file, stringify({ ...facts, sandbox: { ...facts.sandbox, egress: [LISTED] } }));
    server = await TestServer.start({ env: { DOJOU_TEST_LABS: labs, DOJOU_LOG_LEVEL: 'info' } });
    chromium = await Chromium.launch();
    visitor = await chromium.visitor({ origin: server.origin });
    lab = await startLab(visitor.page, '外へ出る人');
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rm(labs, { recursive: true });
  });

  it('OUT-7 OUT-9 the drawer shows the list, and each connection with its outcome in words', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: '練習環境' }).click();
    const section = lab.dialog().getByRole('region', { name: '外へのつながり' });
    await says(section, LISTED);
    await says(section, 'まだ接続はありません。');
    await page.keyboard.press('Escape');
    await lab.run(
      `curl -sS https://${LISTED}/; curl -sS https://example.org/; curl -sS https://169.254.169.254/; true`,
    );
    await until(async () => (await lab.lines()).some((line) => line.includes('could not be reached')), {
      what: 'a line in the terminal',
    });
    await page.getByRole('button', { name: '練習環境' }).click();
    await says(section, 'registry.invalid:443相手に届きませんでした');
    await says(section, 'example.org:443断りました。リストにない宛先です');
    await says(section, '169.254.169.254:443断りました。社内や手元のネットワーク');
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await lab.dialog().evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(false);
    for (const outcome of ['unreachable', 'not-listed', 'forbidden-address'])
      expect(server.output).toContain(`"outcome":"${outcome}"`);
  });

  it('OUT-1 a lab that lists nothing says that nothing leaves', async () => {
    await using other = await TestServer.start();
    await using alone = await chromium.visitor({ origin: other.origin });
    const shut = await startLab(alone.page, '出ない人');
    await alone.page.getByRole('button', { name: '練習環境' }).click();
    await says(shut.dialog(), '外のネットワークへは出られません');
  });
});
