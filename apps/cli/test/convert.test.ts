import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors } from '@gai/core/io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';

const fixtures = join(import.meta.dirname, '../../../packages/formats/test/fixtures');
const fixture = (name: string): string => join(fixtures, name);

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-convert-'));
  await writeFile(at('text.bin'), 'this is no checkpoint');
  await writeFile(at('empty.pt'), '');
  const whole = await readFile(fixture('zip.pt'));
  await writeFile(at('cut.pt'), whole.subarray(0, whole.length - 900));
  await writeFile(at('there.safetensors'), 'mine');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The tensors of a safetensors file in the words of the reference. */
async function contents(path: string): Promise<{ tensors: Record<string, unknown>; format: string | undefined }> {
  const { tensors, metadata } = readSafetensors(new Uint8Array(await readFile(path)));
  const described = [...tensors].map(([name, { dtype, shape, data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return [name, { dtype, shape, sha256: createHash('sha256').update(bytes).digest('hex') }] as const;
  });
  return { tensors: Object.fromEntries(described), format: metadata.get('format') };
}

describe('gai convert writes what the reference reads', () => {
  it.each(['zip.pt', 'legacy.pt', 'types.gguf'])('%s', async (name) => {
    const expected = JSON.parse(await readFile(fixture('expected.json'), 'utf8')) as Record<string, unknown>;
    const out = at(`${name}.safetensors`);
    expect(await gai('convert', fixture(name), '--out', out)).toMatchObject({ code: 0 });
    expect(await contents(out)).toEqual({ tensors: expected[name], format: 'pt' });
  });

  it('says what it did, also to machines', async () => {
    const out = at('nested.safetensors');
    const { stdout, stderr } = await gai('convert', fixture('nested.pt'), '--key', 'model', '--out', out, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ out, format: 'torch', tensors: 2, parameters: 8, bytes: 32, tied: {} });
    expect(stderr).toBe('left out, not being tensors: epoch, optimizer, config, device, bytes, and 2 more\n');
  });

  it('tied tensors can be written once', async () => {
    const [all, once] = [at('all.safetensors'), at('once.safetensors')];
    await gai('convert', fixture('zip.pt'), '--out', all);
    const { stdout } = await gai('convert', fixture('zip.pt'), '--out', once, '--tied', 'once');
    expect(stdout).toContain('2 of them the same as another and left out');
    const names = async (path: string): Promise<string[]> => Object.keys((await contents(path)).tensors);
    expect(await names(all)).toEqual(expect.arrayContaining(['tied.a', 'tied.b', 'tied.c']));
    expect((await names(once)).filter((name) => name.startsWith('tied'))).toEqual(['tied.a']);
  });
});

describe('gai convert refuses in one line', () => {
  it.each<[string, () => string[], number, string]>([
    ['nothing', () => [], 2, "missing required argument 'file'"],
    ['no file', () => [at('none.bin')], 1, 'convert: no such file'],
    ['text', () => [at('text.bin')], 1, 'begins with "this"'],
    ['an empty file', () => [at('empty.pt')], 1, 'not a file that can be converted'],
    ['a file cut off', () => [at('cut.pt')], 1, 'not a whole zip archive'],
    ['a folder', () => [folder], 1, 'no such file'],
    ['a model object', () => [fixture('module.pt')], 1, 'torch.nn.modules.linear.Linear'],
    ['several parts', () => [fixture('nested.pt')], 1, "'model' (2 tensors), 'optimizer' (6 tensors)"],
    ['a part that is not there', () => [fixture('nested.pt'), '--key', 'ema'], 1, "no such part. Got 'ema'"],
    ['a part of a GGUF file', () => [fixture('types.gguf'), '--key', 'model'], 2, '--key is for checkpoints'],
    ['another way to tie', () => [fixture('zip.pt'), '--tied', 'twice'], 2, 'Allowed choices are all, once'],
    ['itself', () => [fixture('zip.pt'), '--out', fixture('zip.pt')], 2, 'is the file to be read'],
    ['a file that is there', () => [fixture('zip.pt'), '--out', at('there.safetensors')], 2, 'add --force'],
  ])('%s', async (_, args, code, message) => {
    const outcome = await gai('convert', ...args());
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
    expect(await readFile(at('there.safetensors'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([]);
  });
});
