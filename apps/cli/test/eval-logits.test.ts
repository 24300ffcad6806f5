import { copyFile, mkdir, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostTensor } from '@gai/core/backend';
import { concatBytes, readSafetensors, writeSafetensors } from '@gai/core/io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOf, readCases, relativeDifference } from '../../../packages/transformer/test/fixture.ts';
import type { Case } from '../../../packages/transformer/test/fixture.ts';
import { gai } from './support.ts';
import { writeFiles } from './tiny-models.ts';

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-eval-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const caseOf = (family: string, name: string): Case => readCases(family).find((one) => one.name === name)!;

/** A model of the reference in a folder, and its inputs in a file, as the reference would have written them. */
async function written(one: Case, name: string): Promise<{ readonly folder: string; readonly inputs: string }> {
  const folder = join(scratch, name);
  const storage = folderOf(one, undefined, { ...one.config, architectures: [one.class] });
  for (const [path, bytes] of storage.files) {
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes);
  }
  const inputs = join(folder, 'in.safetensors');
  await writeInputs(inputs, Object.fromEntries(Object.entries(one.inputs).map(([key, value]) => [key, int64(value)])));
  return { folder: join(folder, 'model'), inputs };
}

const int64 = (value: unknown): HostTensor => {
  const rows = value as readonly (readonly number[])[];
  const shape = Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length];
  return { dtype: 'int64', shape, data: BigInt64Array.from(rows.flat(), (number) => BigInt(number as number)) };
};

async function writeInputs(path: string, tensors: Readonly<Record<string, HostTensor>>): Promise<void> {
  await writeFile(path, concatBytes(writeSafetensors(new Map(Object.entries(tensors)))));
}

const outputsOf = async (path: string): Promise<ReadonlyMap<string, HostTensor>> =>
  readSafetensors(await readFile(path)).tensors;

describe('gai eval logits', () => {
  it.each([
    ['bert', 'masked-lm-random', ['logits']],
    ['bert', 'base-random', ['last_hidden_state', 'pooler_output']],
    ['bert', 'question-random', ['start_logits', 'end_logits']],
    ['bert', 'pre-training-random', ['prediction_logits', 'seq_relationship_logits']],
    ['gpt2', 'inverse-random', ['logits']],
    ['llama', 'scaled-random', ['logits']],
    ['t5', 'first-random', ['logits']],
    ['t5', 'base-random', ['last_hidden_state', 'encoder_last_hidden_state']],
  ])('%s %s: what the reference computes', async (family, name, names) => {
    const one = caseOf(family, name);
    const { folder, inputs } = await written(one, name);
    const out = join(folder, '../out.safetensors');
    const { code, stdout } = await gai('eval', 'logits', folder, '--inputs', inputs, '--out', out, '--json');
    expect(code).toBe(0);
    const outputs = await outputsOf(out);
    expect([...outputs.keys()].sort()).toEqual([...names].sort());
    expect(JSON.parse(stdout)).toMatchObject({ architecture: one.class });
    const mask = (one.inputs.attention_mask as number[][] | undefined)?.map((row) => row.indexOf(1));
    for (const key of names) {
      const { data, shape } = one.outputs.get(key)!;
      expect(outputs.get(key)!.shape).toEqual(shape);
      // Tokens of a decoder that see only padding are treated in several ways by the reference.
      const [perRow, width] = [data.length / shape[0]!, shape.at(-1)!];
      const counts = (index: number): boolean =>
        (family !== 'gpt2' && family !== 'llama') ||
        mask === undefined ||
        Math.floor((index % perRow) / width) >= mask[Math.floor(index / perRow)]!;
      expect(relativeDifference(outputs.get(key)!.data as Float32Array, data as Float32Array, counts)).toBeLessThan(
        3e-5,
      );
    }
  });

  it('takes the class that is asked for, and without one the model without head', async () => {
    const { folder, inputs } = await written(caseOf('llama', 'grouped-random'), 'asked');
    const out = join(scratch, 'asked.safetensors');
    const run = (...args: string[]): Promise<{ code: number; stdout: string }> =>
      gai('eval', 'logits', folder, '--inputs', inputs, '--out', out, ...args);
    expect((await run('--architecture', 'LlamaModel')).stdout).toMatch(
      /\(LlamaModel\)\n {2}last_hidden_state {2}float32 \[/,
    );
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    delete config.architectures;
    await writeFiles(folder, { 'config.json': config });
    expect((await run()).stdout).toContain('(LlamaModel)');
  });

  const ids = int64([[1, 2, 3]]);
  const bad: readonly [what: string, tensors: Readonly<Record<string, HostTensor>>, message: string][] = [
    ['no tokens', { attention_mask: ids }, 'Got attention_mask; expected a tensor input_ids'],
    ['nothing', {}, 'an empty file'],
    ['an unknown name', { input_ids: ids, labels: ids }, 'an input is not known. Got labels'],
    ['a token that there is not', { input_ids: int64([[1, 9999]]) }, 'Got 9999 in input_ids'],
    ['a negative token', { input_ids: int64([[1, -1]]) }, 'Got -1 in input_ids'],
    ['a number past int32', { input_ids: int64([[1, 2 ** 40]]) }, 'Got 1099511627776 in input_ids'],
    ['one row without batch', { input_ids: int64([1, 2]) }, 'Got input_ids [2]; expected [batch,time]'],
    ['no rows', { input_ids: { dtype: 'int64', shape: [0, 3], data: new BigInt64Array(0) } }, 'an input is empty'],
    [
      'fractions',
      { input_ids: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } },
      'Got input_ids float32; expected int64 or int32',
    ],
    [
      'a mask of another shape',
      { input_ids: ids, attention_mask: int64([[1, 1]]) },
      'Got attention_mask [1,2]; expected [1,3]',
    ],
    [
      'a mask that is none',
      { input_ids: ids, attention_mask: int64([[1, 2, 0]]) },
      'Got 2 in attention_mask; expected 0 to 1',
    ],
    [
      'what the model does not take',
      { input_ids: ids, token_type_ids: ids },
      'Got token_type_ids for LlamaForCausalLM',
    ],
    ['a decoder mask alone', { input_ids: ids, decoder_attention_mask: ids }, 'without decoder_input_ids'],
  ];
  it.each(bad)('refuses inputs with %s', async (_, tensors, message) => {
    const { folder } = await written(caseOf('llama', 'grouped-random'), 'inputs');
    const [inputs, out] = [join(scratch, 'bad.safetensors'), join(scratch, 'never.safetensors')];
    await writeInputs(inputs, tensors);
    const { code, stdout, stderr } = await gai('eval', 'logits', folder, '--inputs', inputs, '--out', out);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await expect(readFile(out)).rejects.toThrow(/ENOENT/);
  });

  const damage: readonly [what: string, change: (folder: string) => Promise<unknown>, message: string][] = [
    ['no model', (folder) => rm(folder, { recursive: true }), 'there is no such folder or file'],
    ['no configuration', (folder) => unlink(join(folder, 'config.json')), 'there is no configuration'],
    ['a broken configuration', (folder) => writeFiles(folder, { 'config.json': '{' }), 'a file cannot be read'],
    ['another family', (folder) => writeFiles(folder, { 'config.json': { model_type: 'mamba' } }), '"mamba"'],
    [
      'a class that there is not',
      (folder) => writeFiles(folder, { 'config.json': { model_type: 'llama', architectures: ['LlamaForArt'] } }),
      'Got "LlamaForArt"; expected one of LlamaForCausalLM',
    ],
    ['no weights', (folder) => unlink(join(folder, 'model.safetensors')), 'there are no weights'],
    ['no inputs', (folder) => unlink(join(folder, '../in.safetensors')), 'there is no file of inputs'],
    ['broken inputs', (folder) => writeFiles(folder, { '../in.safetensors': 'x' }), 'safetensors'],
  ];
  it.each(damage)('refuses %s', async (what, change, message) => {
    const { folder, inputs } = await written(caseOf('llama', 'grouped-random'), what);
    await change(folder);
    const { code, stderr } = await gai('eval', 'logits', folder, '--inputs', inputs, '--out', join(scratch, 'never'));
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it('replaces nothing that it reads', async () => {
    const { folder, inputs } = await written(caseOf('llama', 'grouped-random'), 'kept');
    const before = await readFile(join(folder, 'model.safetensors'));
    const run = (...args: string[]): Promise<{ code: number }> => gai('eval', 'logits', folder, ...args);
    await copyFile(inputs, join(scratch, 'copy.safetensors'));
    expect(await run('--inputs', inputs, '--out', inputs)).toMatchObject({ code: 2 });
    expect(await run('--inputs', inputs, '--out', join(folder, 'model.safetensors'))).toMatchObject({ code: 2 });
    expect(await run('--inputs', inputs, '--out', join(scratch, 'none/out'))).toMatchObject({ code: 2 });
    expect(await run('--inputs', inputs)).toMatchObject({ code: 2 });
    expect(await run('--out', inputs)).toMatchObject({ code: 2 });
    expect(await gai('eval', 'perplexity', folder)).toMatchObject({ code: 2 });
    expect(await readFile(join(folder, 'model.safetensors'))).toEqual(before);
  });
});
