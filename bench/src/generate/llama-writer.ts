import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { watch } from './writer.ts';
import type { WriteCall, Writer, WriterOptions, Written } from './writer.ts';

interface Sequence {
  clearHistory(): Promise<void>;
  evaluate(tokens: readonly number[], options: object): AsyncGenerator<number, void, void>;
}

/** What is used of `node-llama-cpp`, which is fetched when the bench runs. */
interface NodeLlamaCpp {
  getLlama(options: object): Promise<{
    loadModel(options: object): Promise<{
      createContext(options: object): Promise<{ getSequence(): Sequence }>;
    }>;
  }>;
}

/** llama.cpp with float32 weights and a float32 cache. */
export async function llamaWriter({ folder, peers }: WriterOptions): Promise<Writer> {
  const entry = join(peers, 'node_modules/node-llama-cpp/dist/index.js');
  const { getLlama } = (await import(pathToFileURL(entry).href)) as NodeLlamaCpp;
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: join(folder, 'model.gguf') });
  const context = await model.createContext({
    contextSize: 1024,
    batchSize: 512,
    threads: 1,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const sequence = context.getSequence();

  const write = async ({ prompts: [prompt], tokens }: WriteCall): Promise<Written> => {
    const [ids, ms]: [number[], number[]] = [[], []];
    await sequence.clearHistory();
    const since = watch();
    for await (const token of sequence.evaluate(prompt!, { temperature: 0, yieldEogToken: true })) {
      ms.push(since());
      ids.push(token);
      if (ids.length === tokens) break;
    }
    return { ids: [ids], ms };
  };
  return { write };
}
