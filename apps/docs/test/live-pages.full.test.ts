import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryModel } from '@gai/hub/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launch } from '../../../packages/backend-web/test/browser/chromium.ts';
import { sourceRunner } from '../../../packages/tooling/src/example.ts';
import { runCommand } from '../../../packages/tooling/src/run.ts';
import { repositoryRoot } from '../../../packages/tooling/src/workspace.ts';
import { FIRST_STORY } from '../.vitepress/components/gpt-choices.ts';
import { smallStories } from '../.vitepress/components/small-stories.ts';

type Browser = Awaited<ReturnType<typeof launch>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

// Both say in capital letters why tests are left out.
const program = findChromium();
const smollm2 = program === undefined ? undefined : await tryModel('smollm2');
/** The site is compiled as it is asked for, on a machine that may be busy. */
const TIMEOUT_MS = 600_000;

/** What a reader sees and does, in Chromium: the numbers come from the WebAssembly that the site serves. */
describe.skipIf(program === undefined)('live pages in Chromium', { timeout: TIMEOUT_MS }, () => {
  let server: ChildProcess;
  let browser: Browser;
  let site = '';
  let folder = '';
  const elsewhere: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    const file = join(import.meta.dirname, 'programs/serve-site.ts');
    server = spawn(process.execPath, [...sourceRunner, file], { cwd: join(repositoryRoot, 'packages/tooling') });
    site = await addressOf(server);
    browser = await launch(program!);
    folder = await mkdtemp(join(tmpdir(), 'gai-pages-'));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
    server?.kill();
    if (folder !== '') await rm(folder, { recursive: true });
  });

  async function open(path: string, width: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.setDefaultTimeout(TIMEOUT_MS / 2);
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith(site) && !request.url().startsWith('data:')) elsewhere.push(request.url());
    });
    await page.goto(new URL(path, site).href);
    return page;
  }

  const overflow = (page: Page): Promise<number> =>
    page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  it('attention: choices change the numbers, the keyboard reaches each, and nothing runs over', async () => {
    const page = await open('language/attention', 360);
    await page.getByRole('tab', { name: 'Weights' }).click();
    const cell = (at: string) => page.locator(`[data-cell="${at}"]`);
    await cell('0,0').waitFor();
    const before = await cell('0,0').innerText();
    await page.selectOption('[data-test=mask]', 'causal');
    await page.locator('[data-cell="0,0"]', { hasText: '1.00' }).waitFor();
    expect(before).not.toBe('1.00');
    await cell('0,0').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[data-test=sum]').innerText()).toContain('“1 cat” looks at “0 the”');
    await page.fill('[data-test=text]', '');
    await page.getByText('Type a word or two').waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it('tokenizers: learn, read the text of the reader, and a file of theirs', async () => {
    const page = await open('language/tokenizers', 360);
    const count = (name: string) => page.locator(`[data-test="card-${name}"] [data-test=count]`);
    await count('BPE').waitFor();
    await page.locator('[data-test=text]').first().fill('low');
    await page.locator('[data-test="card-Bytes"]', { hasText: '3 tokens' }).waitFor();
    const vocab = { '?': 0, low: 1 };
    const json = JSON.stringify({ model: { type: 'WordLevel', vocab, unk_token: '?' } });
    await page.setInputFiles('[data-test=file]', {
      name: 'mine.json',
      mimeType: 'application/json',
      buffer: Buffer.from(json),
    });
    expect(await count('mine.json').innerText()).toBe('1 tokens');
    await page.setInputFiles('[data-test=file]', {
      name: 'no.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{'),
    });
    await page.getByRole('alert').waitFor();
    const merge = page.locator('[data-test=next]');
    await merge.click();
    await page.getByText('after 1 merges').waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it('inspector: a model learns in the page; heads, lens and distribution are reached by keyboard', async () => {
    const page = await open('language/inspector', 360);
    await page.locator('[data-test=train-here]').click();
    await page.locator('[data-test=facts]').waitFor();
    await page.locator('[data-place="0,0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await page.getByRole('gridcell', { name: 'layer 2, head 1, switched off' }).waitFor();
    await page.locator('[data-test=effects]').click();
    await page.getByRole('gridcell', { name: /layer 2, head 4; without it/ }).waitFor();
    await page.getByRole('tab', { name: 'Next token' }).click();
    await page.getByRole('columnheader', { name: 'all heads' }).waitFor();
    await page.getByLabel('temperature').fill('0');
    await page.getByText('One token is left').waitFor();
    const before = await page.locator('[data-test=text]').inputValue();
    await page.locator('[data-test=draw]').click();
    await page.waitForFunction(`document.querySelector('[data-test=text]').value !== ${JSON.stringify(before)}`);
    await page.locator('[data-test=text]').fill('');
    await page.getByText('Type a word or two').waitFor();
    await page.setInputFiles('[data-test=files]', {
      name: 'cat.png',
      mimeType: 'image/png',
      buffer: Buffer.from('cat'),
    });
    await page.getByText('There is no model among these files').waitFor();
    expect(await overflow(page)).toBe(0);
  });

  /** Opens what the dialog behind a button is given. */
  async function choose(page: Page, button: string, path: string): Promise<void> {
    const asked = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: button }).click();
    await (await asked).setFiles(path);
  }

  it('inspector: opens the folder that `gai train gpt` wrote', async () => {
    const [stories, run] = [join(folder, 'stories.txt'), join(folder, 'run')];
    await writeFile(stories, smallStories(400));
    const gai = join(repositoryRoot, 'apps/cli/src/main.ts');
    const asked = ['--text', stories, '--preset', 'quick', '--steps', '30', '--threads', '1', '--out', run];
    const { code, output } = await runCommand(process.execPath, [...sourceRunner, gai, 'train', 'gpt', ...asked], {
      cwd: join(repositoryRoot, 'packages/tooling'),
      timeout: TIMEOUT_MS / 2,
    });
    expect(code, output).toBe(0);
    const page = await open('language/inspector', 1280);
    await choose(page, 'Open a folder …', run);
    await page.locator('[data-test=facts]', { hasText: 'LlamaForCausalLM, run: 3 layers of 3 heads' }).waitFor();
    await page.locator('[data-test=text]').fill(FIRST_STORY);
    await page.getByRole('tab', { name: 'Next token' }).click();
    await page.locator('[data-test=best]').click();
    await page.waitForFunction(`document.querySelector('[data-test=text]').value !== ${JSON.stringify(FIRST_STORY)}`);
    const text = await page.locator('[data-test=text]').inputValue();
    expect(text.startsWith(FIRST_STORY)).toBe(true);
    expect(smallStories(400)).toContain(text.slice(FIRST_STORY.length).trim());
  });

  it.skipIf(smollm2 === undefined)(
    'inspector: opens SmolLM2 from a file, which knows the capital of France',
    async () => {
      const page = await open('language/inspector', 1280);
      await choose(page, 'Open files …', join(smollm2!.folder, 'SmolLM2-135M-Instruct.Q4_1.gguf'));
      await page.locator('[data-test=facts]', { hasText: '30 layers of 9 heads' }).waitFor();
      await page.locator('[data-test=text]').fill('The capital of France is');
      await page.getByRole('tab', { name: 'Next token' }).click();
      const first = page.locator('.next-tokens tbody tr').first();
      await first.filter({ hasText: 'Paris' }).waitFor();
      await page.getByLabel('temperature').fill('0');
      await first.filter({ hasText: '100 %' }).waitFor();
    },
  );

  it('a GPT learns from the text of the reader, is stopped, and goes on', async () => {
    const page = await open('language/train-gpt', 360);
    await page.locator('[data-test=corpus]').fill('short');
    await page.locator('[data-test=train]').click();
    await page.getByText('The text is too short').waitFor();
    await page.locator('[data-test=corpus]').fill('the cat sat on the mat and looked at the rat. '.repeat(40));
    await page.locator('[data-test=train]').click();
    await page.locator('[data-test=sample]').first().waitFor();
    await page.locator('[data-test=stop]').click();
    await page.locator('[data-test=continue]').click();
    await page.locator('[data-test=sample]').nth(1).waitFor();
    await page.locator('[data-test=stop]').click();
    await page.locator('[data-test=write]').click();
    await page.locator('[data-test=written]').waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it('PPO learns to balance the pole, while settings are moved, is paused, and goes on', async () => {
    const page = await open('rl/ppo', 360);
    await page.locator('[data-test=seed]').fill('-1');
    await page.locator('[data-test=learn]').click();
    await page.getByText('Got seed -1').waitFor();
    await page.locator('[data-test=seed]').fill('1');
    await page.locator('[data-test=learn]').click();
    await page.getByRole('img', { name: /Cart and pole: an episode of the policy after \d+ steps/ }).waitFor();
    await page.locator('[data-test=pause]').click();
    const before = Number((await page.locator('[data-test=progress]').innerText()).replace(/ steps[^]*|,/g, ''));
    await page.getByLabel('learning rate').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-test=continue]').click();
    // A mean return of 200 and more; the picture is that of the policy as it is by then.
    await page.waitForFunction(`Number(document.querySelector('[data-test=return]').textContent) >= 200`);
    await page.locator('[data-test=pause]').click();
    const after = Number((await page.locator('[data-test=progress]').innerText()).replace(/ steps[^]*|,/g, ''));
    expect(after).toBeGreaterThan(before);
    await page.locator('[data-test=still]').click();
    await page.getByRole('button', { name: 'Move the picture' }).waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it('asks nobody else, and leaves no error', () => {
    expect(elsewhere).toEqual([]);
    expect(errors).toEqual([]);
  });
});

/** What the program says once it serves. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += String(chunk);
      const address = /^site (\S+)\n/m.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    server.stdout!.on('data', listen);
    server.stderr!.on('data', listen);
    server.on('exit', () => reject(new Error(`the site did not start: ${said}`)));
  });
}
