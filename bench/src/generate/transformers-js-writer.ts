import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { watch } from './writer.ts';
import type { WriteCall, Writer, WriterOptions, Written } from './writer.ts';

/** What is used of `@huggingface/transformers`, which is fetched when the bench runs. */
interface TransformersJs {
  readonly AutoModelForCausalLM: {
    from_pretrained(folder: string, options: object): Promise<{ generate(options: object): Promise<unknown> }>;
  };
  readonly BaseStreamer: new () => object;
  readonly Tensor: new (type: string, data: BigInt64Array, dims: readonly number[]) => object;
}

/** Transformers.js with the graph of Optimum, as a user would run it. */
export async function transformersJsWriter({ folder, peers }: WriterOptions): Promise<Writer> {
  const entry = join(peers, 'node_modules/@huggingface/transformers/dist/transformers.node.mjs');
  const { AutoModelForCausalLM, BaseStreamer, Tensor } = (await import(pathToFileURL(entry).href)) as TransformersJs;
  const session_options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const model = await AutoModelForCausalLM.from_pretrained(folder, { dtype: 'fp32', device: 'cpu', session_options });

  const write = async ({ prompts: [prompt], tokens }: WriteCall): Promise<Written> => {
    const [ids, ms]: [number[], number[]] = [[], []];
    let since = (): number => 0;
    class Watch extends BaseStreamer {
      #isPrompt = true;
      put([row]: readonly (readonly bigint[])[]): void {
        if (!this.#isPrompt) {
          ms.push(since());
          ids.push(Number(row![0]));
        }
        this.#isPrompt = false;
      }
      end(): void {
        this.#isPrompt = true;
      }
    }
    const inputs = new Tensor('int64', BigInt64Array.from(prompt!, BigInt), [1, prompt!.length]);
    since = watch();
    await model.generate({ inputs, max_new_tokens: tokens, do_sample: false, streamer: new Watch() });
    return { ids: [ids], ms };
  };
  return { write };
}
