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

/** Writes what the program reads. */
function writeFolder(threads: number, model: BenchModel, data: { weights: Weights; arrays: HostArray[] }): string {
  const folder = mkdtempSync(join(tmpdir(), 'gai-bench-'));
  const decay = model.optimizer === 'adamW' ? { weight_decay: ADAMW_DECAY } : {};
  const settings = {
    threads,
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
  threads: number,
  model: BenchModel,
  data: { readonly weights: Weights; readonly batches: readonly HostBatch[] },
): Promise<Training> {
  const { weights, batches } = data;
  const folder = writeFolder(threads, model, { weights, arrays: batches.flatMap(({ x, y }) => [x, y]) });
  const child = spawn(python, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    child.stdin.write(`${question}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`pytorch: the program ended at '${question}'.`);
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

/** PyTorch on the CPU, where a Python has it. */
export function pytorch(threads: number): Contender {
  return {
    name: 'pytorch',
    threads,
    without: missingTorch,
    prepare: (model, weights, batches) => prepare(threads, model, { weights, batches }),
  };
}
