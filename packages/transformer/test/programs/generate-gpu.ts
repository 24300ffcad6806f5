// Generates on WebGPU in Node, beside the CPU; prints the tokens of both and what each token moved, or why there is no GPU.
import { nodeBackend } from '@gai/backend-node';
import { BackendError, setDefaultBackend } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { manualSeed } from '@gai/nn';
import { GPT2LMHeadModel, LlamaForCausalLM, T5ForConditionalGeneration, generateSteps } from '@gai/transformer';
import { watch } from '../moved.ts';
import type { Moved } from '../moved.ts';

const MODELS = {
  gpt2: () =>
    new GPT2LMHeadModel({ vocabSize: 60, nPositions: 128, nEmbd: 64, nLayer: 2, nHead: 4, initializerRange: 0.4 }),
  llama: () =>
    new LlamaForCausalLM({
      vocabSize: 60,
      hiddenSize: 64,
      intermediateSize: 96,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
      initializerRange: 0.4,
    }),
  t5: () => new T5ForConditionalGeneration({ vocabSize: 60, dModel: 64, dKv: 16, dFf: 96, numLayers: 2, numHeads: 4 }),
};

const PROMPTS = [Array.from({ length: 70 }, (_, at) => (at * 7) % 60), [5, 6, 7]];

const gpu = await nodeBackend({ device: 'webgpu' }).catch((error: unknown) => {
  if (error instanceof BackendError) return error;
  throw error;
});
if (gpu instanceof BackendError) {
  console.log(JSON.stringify({ absent: gpu.message }));
  process.exit(0);
}
const cpu = await nodeBackend({ device: 'cpu', threads: 1 });

const backends: readonly Backend[] = [cpu, gpu];
const moved = watch(gpu);
const found: Record<string, unknown> = {};
for (const [name, make] of Object.entries(MODELS)) {
  manualSeed(1);
  const model = make();
  const written: number[][][] = [];
  const perToken: Moved[] = [];
  for (const backend of backends) {
    setDefaultBackend(backend);
    const tokens: number[][] = [];
    const steps = generateSteps(model, PROMPTS, { maxNewTokens: 6, eosTokenId: null });
    for await (const step of steps) {
      tokens.push(step.tokens.map((token) => token ?? -1));
      if (backend === gpu) perToken.push({ ...moved });
      Object.assign(moved, { up: 0, down: 0 });
    }
    written.push(tokens);
  }
  // What the first token moved is the prompt's.
  found[name] = { cpu: written[0], gpu: written[1], perToken: perToken.slice(1) };
}
console.log(JSON.stringify({ found }));
process.exit(0);
