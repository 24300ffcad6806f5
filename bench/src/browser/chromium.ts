import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Row } from '../report.ts';
import type { TrainSettings } from '../train-options.ts';
import type { PageSettings } from './page.ts';
import { openSite } from './site.ts';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Flags with which Chromium runs as root and asks the network for nothing. */
const FLAGS = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** How long a contender may take to agree, and to be timed. */
const LIMIT_MS = 12_000;

/** The rows of one model on a page of its own. */
async function timeOnPage(browser: Browser, address: string, settings: PageSettings): Promise<Row[]> {
  const page = await browser.newPage();
  page.on('console', (message) => console.error(message.text()));
  try {
    await page.goto(address);
    await page.waitForFunction('globalThis.timeInPage !== undefined');
    return (await page.evaluate(`timeInPage(${JSON.stringify(settings)})`)) as Row[];
  } finally {
    await page.close();
  }
}

/** Times models in headless Chromium, with one thread and with the default; nothing where there is no Chromium. */
export async function runInChromium(settings: TrainSettings): Promise<Row[]> {
  const executablePath = PROGRAMS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    console.error(`train: skipped, there is no Chromium. Looked for ${PROGRAMS.join(', ')}; apt install chromium.`);
    return [];
  }
  const site = await openSite();
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const { contenders, rounds } = settings;
  const pages = settings.threads === undefined ? [1, undefined] : [settings.threads];
  try {
    const rows: Row[] = [];
    for (const { name } of settings.models) {
      for (const threads of pages) {
        const address = `${site.url}/${threads === 1 ? 'single' : 'threads'}`;
        rows.push(
          ...(await timeOnPage(browser, address, { model: name, contenders, threads, rounds, limitMs: LIMIT_MS })),
        );
      }
    }
    return rows;
  } finally {
    await browser.close();
    site.close();
  }
}
