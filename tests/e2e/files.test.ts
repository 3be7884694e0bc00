import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, Chromium, type Visitor } from '../support/chromium.ts';
import { LabPage, says, startLab } from '../support/lab-page.ts';
import { handOver, hostMob, join } from '../support/mob-pages.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** On a phone only one of text and bench is there: rules about parts of a page, not about all of it. */
const OF_PARTS = [
  'aria-allowed-attr',
  'button-name',
  'color-contrast',
  'label',
  'nested-interactive',
  'target-size',
];
/** Chromium tells on its console of each answer that is a refusal. */
const REFUSED = /status of (?:404|409|507)/;

let server: TestServer;
let chromium: Chromium;
beforeAll(async () => {
  server = await TestServer.start();
  chromium = await Chromium.launch();
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('one person and their files', () => {
  let visitor: Visitor;
  let page: Page;
  let lab: LabPage;
  let shell: LabPage;
  let files: FilePane;

  beforeAll(async () => {
    visitor = await chromium.visitor({ origin: server.origin });
    page = visitor.page;
    lab = await startLab(page, 'vim がこわい人');
    files = new FilePane(page);
    // Another window of the same person, whose terminal is not covered.
    const beside = await visitor.context.newPage();
    await beside.goto(page.url());
    shell = new LabPage(beside);
    await shell.prompt();
  });

  it('FILE-20 a file of the terminal is opened, written and saved; the terminal reads it', async () => {
    await lab.run("mkdir -p app; printf 'port: 80\\nname: ねこ\\n' > app/config.yaml");
    await files.toggle();
    await files.entry('app').click();
    await files.entry('config.yaml').click();
    await files.shows('name: ねこ');
    await files.write('level: debug');
    await says(files.head, 'まだ保存していません');
    await page.keyboard.press('Control+s');
    await says(lab.toasts, '保存しました');
    await until(async () => !(await files.head.innerText()).includes('まだ'), { what: 'nothing unsaved' });
    await files.toggle();
    expect(await lab.run('cat app/config.yaml; echo')).toBe('port: 80\nname: ねこ\nlevel: debug');
  });

  it('FILE-20 what the terminal writes is followed, by the list and by an unchanged file that is open', async () => {
    await files.toggle();
    await files.shows('level: debug');
    await shell.run("printf 'port: 8080\\n' > app/config.yaml; echo new > app/made-outside.txt");
    await files.entry('made-outside.txt').waitFor();
    await files.shows('port: 8080');
    await says(lab.toasts, 'ターミナル側の変更を読み込みました');
  });

  it('FILE-21 two who wrote the same file lose nothing: both are kept', async () => {
    visitor.foresee(REFUSED);
    await files.write('# わたしの行\n');
    await shell.run("printf 'port: 9090\\n' > app/config.yaml");
    await says(page.locator('.file-conflict'), 'ターミナル側でも変わっています');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await says(lab.dialog(), 'ターミナル側でも変わっています');
    await lab.dialog().getByText('ターミナル側の内容', { exact: true }).click();
    await says(lab.dialog(), 'port: 9090');
    await lab.dialog().getByRole('button', { name: '両方のこす' }).click();
    await files.entry('config.mine.yaml').waitFor();
    await files.shows('port: 9090');
    expect(await shell.run('cat app/config.yaml; tail -n 1 app/config.mine.yaml')).toBe(
      'port: 9090\n# わたしの行',
    );
  });

  it('FILE-21 mine goes over theirs, or theirs over mine, only when somebody says so', async () => {
    visitor.foresee(REFUSED);
    for (const [button, mine, left] of [
      ['あなたの内容で上書きする', 'mine', 'mine'],
      ['ターミナル側の内容にする', 'mine again', 'theirs'],
    ] as const) {
      await files.replaceAll(mine);
      await shell.run('printf theirs > app/config.yaml');
      await page.locator('.file-conflict').waitFor();
      await page.getByRole('button', { name: '保存', exact: true }).click();
      await lab.dialog().getByRole('button', { name: button }).click();
      await until(async () => (await shell.run('cat app/config.yaml; echo')).trim() === left, { what: left });
      await files.shows(left);
    }
  });

  it('FILE-22 files and folders are made, renamed and deleted', async () => {
    visitor.foresee(REFUSED);
    await page.getByRole('button', { name: 'ホーム', exact: true }).click();
    await page.getByRole('button', { name: '新しいフォルダー' }).click();
    await lab.dialog().getByLabel('名前').fill('書類');
    await page.keyboard.press('Enter');
    await files.entry('書類').click();
    await page.getByRole('button', { name: '新しいファイル' }).click();
    await lab.dialog().getByLabel('名前').fill('a/b');
    await page.keyboard.press('Enter');
    await says(lab.dialog(), '/ は使えません');
    await lab.dialog().getByLabel('名前').fill('メモ 1.md');
    await page.keyboard.press('Enter');
    await page.locator('.cm-content:focus').waitFor();
    await page.keyboard.insertText('# 見出し');
    await page.keyboard.press('Control+s');
    await says(lab.toasts, '保存しました');
    await page.getByRole('button', { name: '「メモ 1.md」の名前を変える' }).click();
    await lab.dialog().getByLabel('名前').fill('メモ 2.md');
    await page.keyboard.press('Enter');
    await files.entry('メモ 2.md').waitFor();
    await files.holdsFocus();
    expect(await shell.run("cat 書類/'メモ 2.md'; echo; ls -N 書類")).toBe('# 見出し\nメモ 2.md');
    await page.getByRole('button', { name: '「メモ 2.md」を消す' }).click();
    await says(lab.dialog(), '元には戻せません');
    await lab.dialog().getByRole('button', { name: '消す', exact: true }).click();
    await files.entry('メモ 2.md').waitFor({ state: 'detached' });
    await files.holdsFocus();
    expect(await shell.run('ls -A 書類 | wc -l')).toBe('0');
  });

  it('FILE-23 a file is uploaded and downloaded byte by byte, and goes over one that is there after a question', async () => {
    visitor.foresee(REFUSED);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 256));
    const upload = { name: '写真 (1).bin', mimeType: 'image/png', buffer: bytes };
    await page.locator('.file-tools input[type=file]').setInputFiles(upload);
    await files.entry('写真 (1).bin').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '「写真 (1).bin」をダウンロードする' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('写真 (1).bin');
    expect((await readFile(await download.path())).equals(bytes)).toBe(true);
    await files.entry('写真 (1).bin').click();
    await says(page.locator('.file-editor'), '文字のファイルではないので');
    await page.locator('.file-tools input[type=file]').setInputFiles({ ...upload, buffer: Buffer.from('2') });
    await says(lab.dialog(), 'もうあります');
    await lab.dialog().getByRole('button', { name: '置きかえる' }).click();
    await until(async () => (await shell.run('wc -c < 書類/写真*')) === '1', { what: 'the second one' });
  });

  it('FILE-24 names of a hostile home are shown harmless, and what is no file is not opened', async () => {
    await shell.run(
      "mkdir odd; cd odd; touch $'gpj.\\u202Etxt' $'<img src=x>' ; ln -s /etc/passwd link; mkfifo pipe; cd",
    );
    await page.getByRole('button', { name: 'ホーム', exact: true }).click();
    await files.entry('odd').click();
    await files.entry('gpj.\\xE2\\x80\\xAEtxt').waitFor();
    await files.entry('<img src=x>').waitFor();
    await says(page.locator('.file-list tr'), /link.*リンク/s);
    await says(page.locator('.file-list tr'), /pipe.*特別なファイル/s);
    expect(await page.getByRole('button', { name: 'link', exact: true }).count()).toBe(0);
  });

  it('FILE-25 the page stays within its weight, since editor and pane are fetched when they are asked for', async () => {
    await using other = await chromium.visitor({ origin: server.origin });
    await startLab(other.page, '軽い人');
    const names = () =>
      other.page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => name)
          .filter((name) => /files-model|files-editor|FilesPane/.test(name)),
      );
    expect(await names()).toEqual([]);
    await new FilePane(other.page).toggle();
    await until(async () => (await names()).length > 0, { what: 'the pane' });
    expect((await names()).some((name) => name.includes('files-editor'))).toBe(false);
  });
});

describe('several people', () => {
  it('FILE-26 who does not drive reads, and is told why not more; the keyboard brings the right to write', async () => {
    const host = await hostMob(chromium, { origin: server.origin });
    const second = await chromium.visitor({ origin: server.origin, dark: true });
    const ben = await join(second.page, host.take, '弁');
    await host.lab.run('echo みんなの > shared.txt');
    const files = new FilePane(second.page);
    await files.toggle();
    await says(second.page.locator('.files-note'), '安さんの番なので、読むだけです');
    await files.entry('shared.txt').click();
    await files.shows('みんなの');
    expect(await files.text.getAttribute('aria-readonly')).toBe('true');
    for (const name of ['新しいファイル', '保存']) {
      expect(await second.page.getByRole('button', { name, exact: true }).count()).toBe(0);
    }
    await handOver(host.lab, ben);
    await files.write('弁の行\n');
    await second.page.keyboard.press('Control+s');
    await says(ben.toasts, '保存しました');
    const first = new FilePane(host.visitor.page);
    await first.toggle();
    await says(host.visitor.page.locator('.files-note'), '弁さんの番なので');
    await first.entry('shared.txt').click();
    await first.shows('弁の行');
    await second.context.close();
    await host.visitor.context.close();
  });
});

describe('every window', () => {
  it.each([
    ['ja', false, false],
    ['en', true, false],
    ['ja', true, true],
    ['en', false, true],
  ] as const)(
    'FILE-27 axe finds nothing, by keyboard everything can be reached, and nothing is wider than the window (%s, dark %s, phone %s)',
    async (lang, dark, phone) => {
      await using visitor = await chromium.visitor({ origin: server.origin, dark, phone });
      const { page } = visitor;
      const lab = await startLab(page, '見る人');
      if (lang === 'en') {
        await page.goto(new URL(page.url()).pathname.replace(/^/, '/en'));
        if (phone) await page.getByRole('tab', { name: 'Terminal', exact: true }).tap();
        await lab.prompt();
      }
      await lab.run(
        "mkdir -p src; printf 'import os\\nprint(1)  # だいじ\\n' > src/app.py; seq 99 > numbers.txt",
      );
      const files = new FilePane(page, lang);
      await page.getByRole('button', { name: files.name, exact: true }).focus();
      await page.keyboard.press('Enter');
      await files.entry('numbers.txt').waitFor();
      expect(await axeViolations(page, phone ? OF_PARTS : undefined)).toEqual([]);
      await files.entry('src').press('Enter');
      await files.entry('app.py').press('Enter');
      await files.shows('print(1)');
      await files.write('x = 1\n');
      expect(await axeViolations(page, phone ? OF_PARTS : undefined)).toEqual([]);
      const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
      expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
      // Tab leads out of the editor again.
      await page.keyboard.press('Tab');
      await until(() => page.evaluate(() => !document.activeElement?.classList.contains('cm-content')), {
        what: 'the focus elsewhere',
      });
      await page.getByRole('button', { name: lang === 'ja' ? '保存' : 'Save', exact: true }).click();
      await until(async () => (await files.head.innerText()).match(/まだ|Not saved/) === null, {
        what: 'saved',
      });
    },
  );
});

class FilePane {
  readonly name: string;
  readonly #page: Page;

  constructor(page: Page, lang: 'ja' | 'en' = 'ja') {
    this.#page = page;
    this.name = lang === 'ja' ? 'ファイル' : 'Files';
  }

  get head() {
    return this.#page.locator('.file-head');
  }

  get text() {
    return this.#page.locator('.file-text .cm-content');
  }

  /** The row that somebody was on may be gone. */
  async holdsFocus(): Promise<void> {
    await this.#page.locator('.files:focus-within').waitFor();
  }

  async toggle(): Promise<void> {
    await this.#page.getByRole('button', { name: this.name, exact: true }).click();
  }

  entry(name: string) {
    return this.#page
      .locator('.file-list button.file-name')
      .filter({ has: this.#page.getByText(name, { exact: true }) });
  }

  async shows(text: string): Promise<void> {
    await this.text.filter({ hasText: text }).waitFor();
  }

  /** At the end of the file. */
  async write(text: string): Promise<void> {
    await this.text.focus();
    await this.#page.keyboard.press('Control+End');
    await this.#page.keyboard.insertText(text);
  }

  async replaceAll(text: string): Promise<void> {
    await this.text.focus();
    await this.#page.keyboard.press('Control+a');
    await this.#page.keyboard.insertText(text);
  }
}
