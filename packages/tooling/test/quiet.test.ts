import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleProgram } from '../src/bundle-program.ts';
import { missingTracer, watchProgram } from '../src/quiet/watch-program.ts';
import type { Watched } from '../src/quiet/watch-program.ts';
import { repositoryRoot } from '../src/workspace.ts';

const OPEN = 'packages/backend-node/test/programs/open.ts';
const GAI = 'apps/cli/src/main.ts';
/** The software GPU of chromium, where it is installed. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const GPU = existsSync(DRIVER) ? { VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) } : undefined;

/** Programs that between them load every package and run every kind of command; a new package adds a line. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'a backend in its thread': [OPEN, 'here'],
  'a backend in a worker': [OPEN, 'worker'],
  'the devices': [OPEN, 'devices'],
  'an ONNX file': [OPEN, 'onnx'],
  'the web backend': ['packages/backend-web/examples/first-steps.ts', '--smoke'],
  'layers and training': ['packages/nn/examples/two-moons.ts', '--smoke'],
  'data sets': ['packages/data/examples/digits.ts', '--smoke'],
  'vision models': ['packages/cnn/examples/digits.ts', '--smoke'],
  'gai info': [GAI, 'info'],
  'gai rl': [GAI, 'rl', 'solve', 'frozen-lake'],
  'gai train': [GAI, 'train', 'digits', '--epochs', '1', '--threads', '1', '--out', '{room}/out'],
};

const watch = async ([program = '', ...args]: readonly string[], env: Record<string, string> = {}): Promise<Watched> =>
  watchProgram([await bundleProgram(join(repositoryRoot, program)), ...args], { cwd: repositoryRoot, env });

describe.skipIf(process.platform === 'win32')('what our programs do besides their work', { timeout: 600_000 }, () => {
  it.each(Object.entries(PROGRAMS))('nothing: %s', async (_, args) => {
    const { code, output, files, lookups = [] } = await watch(args);
    expect({ code, files, lookups }, output).toEqual({ code: 0, files: [], lookups: [] });
  });

  it.skipIf(GPU === undefined)(`nothing: a GPU${GPU ? '' : ` (SKIPPED: ${DRIVER} is absent)`}`, async () => {
    const { code, output, files, lookups = [] } = await watch([OPEN, 'devices'], GPU);
    expect({ code, files, lookups }, output).toEqual({ code: 0, files: [], lookups: [] });
  });

  it('is seen: the runtime reports where the environment allows it', async () => {
    const { code, files } = await watch([OPEN, 'here'], { ORT_DISABLE_TELEMETRY: '0' });
    expect(code).toBe(0);
    expect(files.filter((name) => name.endsWith('deviceid')).length).toBe(1);
  });

  it.skipIf(missingTracer !== undefined)(
    `shows look-ups${missingTracer ? ` (SKIPPED: ${missingTracer})` : ''}`,
    async () => {
      const program = "import('node:dns').then(({ lookup }) => lookup('gai.invalid', () => undefined))";
      const { lookups } = await watchProgram(['-e', program], { cwd: repositoryRoot });
      expect(lookups?.length).toBeGreaterThan(0);
    },
  );
});
