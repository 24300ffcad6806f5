import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Flags with which Chromium runs as root without asking the network for anything, and has WebGPU without a GPU. */
const FLAGS = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
];

/** The program of Chromium; in CI it is installed if apt is there. Without one, the reason is printed. */
export function findChromium(): string | undefined {
  const found = PLACES.find((path) => existsSync(path)) ?? (process.env['CI'] === undefined ? undefined : install());
  if (found === undefined) {
    console.warn(
      `backend-web: THE BROWSER TESTS ARE SKIPPED: no Chromium. Looked at ${PLACES.join(', ')}` +
        (process.env['CI'] === undefined ? '; apt install chromium.' : ', and apt could not install it.'),
    );
  }
  return found;
}

function install(): string | undefined {
  try {
    const options = {
      stdio: 'ignore',
      timeout: 240_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    } as const;
    const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    const apt = (...args: string[]): void => {
      const [program = '', ...rest] = [...root, 'apt-get', ...args];
      execFileSync(program, rest, options);
    };
    apt('update', '-q');
    apt('install', '-yq', '--no-install-recommends', 'chromium');
  } catch (error) {
    console.warn(`backend-web: apt did not install Chromium: ${String(error).split('\n', 1)[0]}`);
  }
  return PLACES.find((path) => existsSync(path));
}

/** Starts Chromium without a window. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, ignoreDefaultArgs: ['--disable-gpu'] });
}
