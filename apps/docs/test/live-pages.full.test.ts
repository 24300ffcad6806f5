import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launch } from '../../../packages/backend-web/test/browser/chromium.ts';
import { sourceRunner } from '../../../packages/tooling/src/example.ts';
import { repositoryRoot } from '../../../packages/tooling/src/workspace.ts';

type Browser = Awaited<ReturnType<typeof launch>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

const program = findChromium();
/** The site is compiled as it is asked for, on a machine that may be busy. */
const TIMEOUT_MS = 240_000;

/** What a reader sees and does, in Chromium: the numbers come from the WebAssembly that the site serves. */
describe.skipIf(program === undefined)('live pages in Chromium', { timeout: TIMEOUT_MS }, () => {
  let server: ChildProcess;
  let browser: Browser;
  let site = '';
  const elsewhere: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    const file = join(import.meta.dirname, 'programs/serve-site.ts');
    server = spawn(process.execPath, [...sourceRunner, file], { cwd: join(repositoryRoot, 'packages/tooling') });
    site = await addressOf(server);
    browser = await launch(program!);
    // The dev server bundles what it finds on the way, and then loads the page anew: before the tests, not during them.
    const page = await open('language/tokenizers', 1280);
    await page.locator('[data-test="card-BPE"] [data-test=count]').waitFor();
    await page.waitForTimeout(5000);
    await page.close();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
    server?.kill();
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
