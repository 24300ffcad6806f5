import { embedder } from '@gai/transformer/text';
import { findModelPath } from '../models/find-model.ts';
import type { Streams } from '../streams.ts';
import { linesOf } from '../terminal/lines.ts';
import { plain } from '../terminal/plain.ts';
import { whileReading } from '../terminal/progress.ts';
import { styleFor } from '../terminal/style.ts';
import { nineDigits } from './nine-digits.ts';
import { withBackend } from '../with-backend.ts';
import type { BackendOptions } from '../with-backend.ts';

/** Options of `gai embed`. */
export interface EmbedTextsOptions extends BackendOptions {
  readonly batchSize: number;
  readonly maxLength?: number;
  readonly purpose?: 'document' | 'query';
  readonly ignoreFields?: readonly string[];
  readonly json?: boolean;
}

/** So many batches are in memory at once: enough to put texts of similar length together. */
const BATCHES = 8;
/** So many numbers of a vector are shown to people. */
const SHOWN = 4;

/** Writes a vector for each text; without texts, for each line that comes in. */
export async function embedTexts(
  model: string,
  texts: readonly string[],
  options: EmbedTextsOptions & { readonly input: NodeJS.ReadableStream },
  streams: Streams,
): Promise<void> {
  const path = await findModelPath('embed', model);
  await withBackend(options, async () => {
    const { batchSize, maxLength, ignoreFields } = options;
    const embed = await whileReading(streams.stderr, (onProgress) =>
      embedder(path, { batchSize, maxLength, ignoreFields, onProgress }),
    );
    try {
      // Made last: lines that come in while nobody listens are lost.
      const all = texts.length > 0 ? texts : linesOf(options.input, streams.stdout);
      for await (const part of partsOf(all, batchSize * BATCHES)) {
        const { vectors } = await embed.embed(part, { purpose: options.purpose });
        const lines = vectors.map((vector, index) => describe(part[index]!, vector, options, streams));
        streams.stdout.write(lines.join(''));
      }
    } finally {
      await embed.dispose();
    }
  });
}

/** Texts in lists of at most `count`. */
async function* partsOf(texts: Iterable<string> | AsyncIterable<string>, count: number): AsyncGenerator<string[]> {
  let part: string[] = [];
  for await (const text of texts) {
    if (part.push(text) < count) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

// oxlint-disable-next-line max-params -- one line of the output.
function describe(text: string, vector: Float32Array, { json }: EmbedTextsOptions, { stdout }: Streams): string {
  if (json === true) return `${JSON.stringify({ embedding: nineDigits(vector) })}\n`;
  const style = styleFor(stdout);
  const shown = Array.from(vector.subarray(0, SHOWN), (x) => x.toFixed(4).padStart(7)).join(' ');
  const more = vector.length > SHOWN ? ' …' : '';
  return `${shown}${more} ${style.dim(`(${vector.length})`)}  ${plain(JSON.stringify(text))}\n`;
}
