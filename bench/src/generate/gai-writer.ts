import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { AutoModelForCausalLM, generateSteps } from '@gai/transformer';
import { watch } from './writer.ts';
import type { WriteCall, Writer, WriterOptions, Written } from './writer.ts';

/** Ours: `generateSteps`, whose first token has read the prompt. */
export async function gaiWriter({ folder }: WriterOptions): Promise<Writer> {
  setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
  const model = await AutoModelForCausalLM.fromPretrained(folder);
  const write = async ({ prompts, tokens, wantsMargins }: WriteCall): Promise<Written> => {
    const ids: number[][] = prompts.map(() => []);
    const [ms, margins]: [number[], number[]] = [[], []];
    const options = { maxNewTokens: tokens, eosTokenId: null, ...(wantsMargins === true ? { logProbs: 2 } : {}) };
    const since = watch();
    for await (const step of generateSteps(model, prompts, options)) {
      ms.push(since());
      for (const [row, token] of step.tokens.entries()) ids[row]!.push(token!);
      const best = step.logProbs?.[0]?.top;
      if (best !== undefined) margins.push(best[0]!.logProb - best[1]!.logProb);
    }
    return { ids, ms, margins };
  };
  return { write };
}
