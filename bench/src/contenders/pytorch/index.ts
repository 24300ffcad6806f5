import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HostArray, HostBatch } from '../../data.ts';
import type { Block } from '../../interleave.ts';
import type { BenchModel } from '../../models/model.ts';
import { ADAM, ADAMW_DECAY } from '../contender.ts';
import type { Contender, Training, Weights } from '../contender.ts';

const python = process.env['GAI_BENCH_PYTHON'] ?? 'python3';
const program = fileURLToPath(new URL('train.py', import.meta.url));

/** Ways to use PyTorch, each with all of those before it; the last two are rivals for whoever looks for its best. */
const forms = ['pytorch', 'pytorch-fused', 'pytorch-channels-last', 'pytorch-compiled'] as const;

type Form = (typeof forms)[number];

let missing: string | undefined | null = null;

/** Why there is no PyTorch here; looked up once. */
function missingTorch(): string | undefined {
  if (missing !== null) return missing;
  const { status } = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
  missing = status === 0 ? undefined : `'${python}' has no torch; GAI_BENCH_PYTHON names another Python`;
  return missing;
}

const bytesOf = (arrays: readonly HostArray[]): Uint8Array =>
  Buffer.concat(arrays.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));

const describe = ({ data, shape }: HostArray) => ({ shape, dtype: data instanceof Int32Array ? 'int32' : 'float32' });

/** Why a form of it does not train a model. */
function withoutForm(form: Form, { inputShape }: BenchModel): string | undefined {
  if (form === 'pytorch-channels-last' && inputShape.length < 3) return 'the inputs are not images';
  return missingTorch();
}

interface Setup {
  readonly form: Form;
  readonly threads: number;
}

/** Writes what the program reads. */
function writeFolder(
  { form, threads }: Setup,
  model: BenchModel,
  data: { weights: Weights; arrays: HostArray[] },
): string {
  const folder = mkdtempSync(join(tmpdir(), 'gai-bench-'));
  const decay = model.optimizer === 'adamW' ? { weight_decay: ADAMW_DECAY } : {};
  const settings = {
    threads,
    fused: form !== 'pytorch',
    channels_last: forms.indexOf(form) >= 2 && model.inputShape.length === 3,
    compiled: form === 'pytorch-compiled',
    layers: model.layers,
    classes: model.classes,
    optimizer: model.optimizer,
    settings: { lr: ADAM.learningRate, betas: [ADAM.b1, ADAM.b2], eps: ADAM.eps, ...decay },
    weights: [...data.weights].map(([name, array]) => ({ name, ...describe(array) })),
    batches: data.arrays.map(describe),
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'weights.bin'), bytesOf([...data.weights.values()]));
  writeFileSync(join(folder, 'batches.bin'), bytesOf(data.arrays));
  return folder;
}

async function prepare(
  setup: Setup,
  model: BenchModel,
  data: { readonly weights: Weights; readonly batches: readonly HostBatch[] },
): Promise<Training> {
  const { weights, batches } = data;
  const folder = writeFolder(setup, model, { weights, arrays: batches.flatMap(({ x, y }) => [x, y]) });
  const child = spawn(python, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    child.stdin.write(`${question}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${setup.form}: the program ended at '${question}'.`);
    return value;
  };
  return {
    step: async (batch) => Number(await ask(`step ${batches.indexOf(batch)}`)),
    time: async (count) => JSON.parse(await ask(`time ${count}`)) as Block,
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}

/** PyTorch on the CPU, where a Python has it, in all forms. */
export const pytorchForms = (threads: number): readonly Contender[] =>
  forms.map((form) => ({
    name: form,
    threads,
    without: (model) => withoutForm(form, model),
    prepare: (model, weights, batches) => prepare({ form, threads }, model, { weights, batches }),
  }));
