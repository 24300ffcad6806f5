import { parseArgs } from 'node:util';
import { UsageError, parseCount } from './usage.ts';

/** What `pnpm bench generate` does. */
export interface GenerateSettings {
  /** `gpt2`: random weights of its shape; or a folder of Hugging Face's or a .gguf file with a Llama. */
  readonly model: string;
  /** Names of peers. */
  readonly contenders: readonly string[];
  /** How often each contender is started anew: where its weights come to lie changes its speed. */
  readonly starts: number;
  /** Rounds of each start. */
  readonly rounds: number;
  /** Prompts that all go on with, for 64 tokens each, before anything is timed. */
  readonly prompts: number;
  readonly json: boolean;
}

export const generatePeers = ['transformers.js', 'llama.cpp'] as const;

export const GENERATE_USAGE = `pnpm bench generate [options]: a token and a prompt of ours beside those of others, float32, greedy, one thread, processor time

  --json               the last line is {"rows":[…]}
  --model <name>       gpt2 (random weights, 124 M), or a folder of Hugging Face's or a .gguf file with a Llama. Default gpt2
  --contenders <names> ${generatePeers.join(',')}; 'none': ours alone
  --starts <n>         processes of each contender, one after the other. Default 3
  --rounds <n>         rounds of each start. Default 3
  --prompts <n>        prompts that all must go on with alike, for 64 tokens each. Default 20

The peers and the model's files are made in the cache (GAI_CACHE) at the first run; GAI_BENCH_PYTHON names a Python with torch,
transformers 4.57.6, accelerate, optimum-onnx 0.1.0, onnx, onnxruntime and gguf 0.19.0.`;

export function parseGenerate(args: string[]): GenerateSettings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean' }, model: text, contenders: text, starts: text, rounds: text, prompts: text },
  });
  const chosen = values.contenders === 'none' ? [] : (values.contenders?.split(',') ?? generatePeers);
  const wrong = chosen.find((name) => !(generatePeers as readonly string[]).includes(name));
  if (wrong !== undefined) {
    throw new UsageError(`generate: there is no contender '${wrong}'. Choose from ${generatePeers.join(', ')}.`);
  }
  return {
    model: values.model ?? 'gpt2',
    contenders: chosen,
    starts: parseCount('generate', 'starts', values.starts ?? '3'),
    rounds: parseCount('generate', 'rounds', values.rounds ?? '3'),
    prompts: parseCount('generate', 'prompts', values.prompts ?? '20'),
    json: values.json ?? false,
  };
}
