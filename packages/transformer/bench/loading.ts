/**
 * Memory and processor time of reading a folder: `tsx --conditions=@gai/source packages/transformer/bench/loading.ts`. The model is written
 * to a temporary folder first, in float32 and in bfloat16; each reading is a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { sizeOf } from '@gai/core/ops';
import { LlamaForCausalLM } from '../src/index.ts';

setDefaultBackend(await nodeBackend());
const [folder, how] = process.argv.slice(2);
if (folder === undefined) {
  const sizes = {
    vocabSize: 16_000,
    hiddenSize: 768,
    intermediateSize: 2048,
    numHiddenLayers: 8,
    numAttentionHeads: 12,
  };
  const scratch = mkdtempSync(join(tmpdir(), 'gai-loading-'));
  const model = new LlamaForCausalLM({ ...sizes, initializerRange: 0 });
  for (const dtype of ['float32', 'bfloat16'] as const) {
    await model.savePretrained(join(scratch, dtype), { dtype });
    for (const each of ['memory', 'lazy']) {
      spawnSync(process.execPath, [...process.execArgv, process.argv[1]!, join(scratch, dtype), each], {
        stdio: 'inherit',
      });
    }
  }
  rmSync(scratch, { recursive: true });
} else {
  const before = process.memoryUsage().rss;
  let peak = before;
  const start = process.cpuUsage();
  const model = await LlamaForCausalLM.fromPretrained(folder, {
    lazy: how === 'lazy',
    onProgress: () => (peak = Math.max(peak, process.memoryUsage().rss)),
  });
  const bytes = model.parameters().reduce((sum, { shape }) => sum + 4 * Number(sizeOf(shape)), 0);
  const { user, system } = process.cpuUsage(start);
  const name = folder.split('/').at(-1);
  console.log(
    `${name} ${how}: ${(bytes / 1e6).toFixed(0)} MB as float32; peak ${((peak - before) / bytes).toFixed(2)} times that, ` +
      `${((user + system) / 1e6).toFixed(1)} s of processor time`,
  );
}
