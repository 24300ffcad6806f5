import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
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
  for (const name of ['nothing', 'done', 'index', 'sharded', 'whole']) await mkdir(at(name));
  await writeFile(at('nothing/readme.txt'), '');
  await writeFile(at('done/model.safetensors'), '');
  await copyFile(fixture('lone.pt'), at('index/lone.bin'));
  const index = (name: string, map: object): Promise<void> =>
    writeFile(at(`${name}.index.json`), JSON.stringify({ weight_map: map }));
  await writeFile(at('index/broken.index.json'), '{}');
  await index('index/out', { tensor: '../lone.pt' });
  await index('index/other', { tensor: 'lone.bin', x: 'lone.bin' });
  await index('index/missing', { tensor: 'none.bin' });
  await copyFile(fixture('lone.pt'), at('sharded/1.bin'));
  await copyFile(fixture('zip.pt'), at('sharded/2.bin'));
  await index('sharded/pytorch_model.bin', { tensor: '1.bin', scalar: '2.bin' });
  await copyFile(fixture('legacy.pt'), at('whole/pytorch_model.bin'));
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

  it('archives of NumPy', async () => {
    const { zeros: _, ...known } = JSON.parse(await readFile(fixture('npz.json'), 'utf8')) as Record<string, unknown>;
    const out = at('arrays.safetensors');
    const { stderr } = await gai('convert', fixture('arrays.npz'), '--out', out);
    expect(stderr).toBe('left out, not being tensors: text, objects, records\n');
    expect((await contents(out)).tensors).toEqual(known);
  });

  it('the weights of a folder, beside them and under the name that is looked for', async () => {
    const expected = JSON.parse(await readFile(fixture('expected.json'), 'utf8')) as Record<string, object>;
    expect(await gai('convert', at('whole'))).toMatchObject({ code: 0 });
    expect((await contents(at('whole/model.safetensors'))).tensors).toEqual(expected['legacy.pt']);
    expect(await gai('convert', at('sharded'))).toMatchObject({ code: 0 });
    const all = { ...expected['zip.pt'], ...expected['lone.pt'] };
    expect((await contents(at('sharded/model.safetensors'))).tensors).toEqual(all);
    // What an index divides into several safetensors files is joined too.
    const parts = { weight_map: { tensor: 'model.safetensors' } };
    await writeFile(at('sharded/again.index.json'), JSON.stringify(parts));
    const again = at('again.safetensors');
    expect(await gai('convert', at('sharded/again.index.json'), '--out', again)).toMatchObject({ code: 0 });
    expect((await contents(again)).tensors).toEqual(all);
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
    ['nothing', () => [], 2, "missing required argument 'model'"],
    ['no file', () => [at('none.bin')], 1, 'convert: there is no such folder or file'],
    ['text', () => [at('text.bin')], 1, 'begins with "this"'],
    ['an empty file', () => [at('empty.pt')], 1, 'not a file that can be converted'],
    ['a file cut off', () => [at('cut.pt')], 1, 'not a whole zip archive'],
    ['a folder of several', () => [folder], 1, 'several files could be meant. Got'],
    ['a folder without any', () => [at('nothing')], 1, 'there are no weights. Got readme.txt'],
    ['a folder that needs none', () => [at('done')], 1, 'safetensors already'],
    ['an index that is none', () => [at('index/broken.index.json')], 1, 'Got no weight_map'],
    ['an index that leads out', () => [at('index/out.index.json')], 1, `the file "../lone.pt" for "tensor"`],
    ['an index of other tensors', () => [at('index/other.index.json')], 1, `'lone.bin' without "x"`],
    ['an index of a missing file', () => [at('index/missing.index.json')], 1, 'none.bin'],
    ['a part of an index', () => [at('sharded'), '--key', 'model'], 2, '--key is for single checkpoints'],
    ['a part of an archive of NumPy', () => [fixture('arrays.npz'), '--key', 'model'], 2, '--key is for checkpoints'],
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
