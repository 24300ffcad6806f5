import { checkOptionNames } from '../check-option-names.ts';
import { checkTexts } from '../check-texts.ts';
import type { Embedder, EmbedOptions } from '../embedder.ts';
import { ProviderError } from '../errors.ts';
import { Client } from './client.ts';
import { protocolError } from './failure.ts';
import { resolveServer } from './options.ts';
import type { Server, ServerOptions } from './options.ts';
import { fieldsOf, listOf, readUsage } from './response.ts';
import type { Fields } from './response.ts';

/** How to reach an embedding model. */
export interface EmbeddingServerOptions extends ServerOptions {
  /** Texts in one request at most. Default 64. */
  readonly batchSize?: number | undefined;
  /** Asks for vectors of this length, where the model can shorten them. Default: what the model has. */
  readonly dimensions?: number | undefined;
  /** Written before each text that is a query, for models trained so, for example `query: `. Default: nothing. */
  readonly queryPrefix?: string | undefined;
  /** Written before each text that is a document. Default: nothing. */
  readonly documentPrefix?: string | undefined;
}

const OWN = ['batchSize', 'dimensions', 'queryPrefix', 'documentPrefix'];

/**
 * An embedding model behind any server that speaks OpenAI's protocol. Texts go out in batches, several at a time where
 * `concurrency` allows.
 * @throws {@link ProviderError} `ARGUMENT` if an option is wrong; calls throw the other codes, `BAD_OUTPUT` if a vector is
 * missing, not finite or of another length.
 * @example
 * const embedder = openAIEmbedder({ baseURL: 'http://127.0.0.1:8000/v1', model: 'all-MiniLM-L6-v2', batchSize: 32 });
 * embedder.dimensions; // => undefined
 * @category OpenAI-compatible servers
 */
export function openAIEmbedder(options: EmbeddingServerOptions): Embedder {
  const op = 'openAIEmbedder';
  const server = resolveServer(op, options, OWN);
  const client = new Client(server);
  const { batchSize = 64, queryPrefix = '', documentPrefix = '', dimensions: asked } = options;
  for (const [name, value] of Object.entries({ batchSize, ...(asked === undefined ? {} : { dimensions: asked }) })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ProviderError(
      'ARGUMENT',
      `${op}: ${name} is out of range. Got ${value}; expected a whole number of at least 1.`,
      { op },
    );
  }
  let dimensions = asked;
  const send = async (batch: readonly string[], signal: AbortSignal | undefined): Promise<Fields> => {
    const size = asked === undefined ? {} : { dimensions: asked };
    const body = { model: server.model, input: batch, encoding_format: 'float', ...size };
    return client.json('embed', '/embeddings', body, signal);
  };
  return {
    model: server.model,
    get dimensions() {
      return dimensions;
    },
    async embed(texts, given: EmbedOptions = {}) {
      checkOptionNames('embed', given, ['purpose', 'signal']);
      const { purpose = 'document', signal } = given;
      checkTexts('embed', texts);
      const prefix = purpose === 'query' ? queryPrefix : documentPrefix;
      const batches = Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, index) =>
        texts.slice(index * batchSize, (index + 1) * batchSize).map((text) => prefix + text),
      );
      const answers = await Promise.all(batches.map((batch) => send(batch, signal)));
      const vectors = answers.flatMap((answer, index) => readVectors(server, answer, batches[index]!.length));
      dimensions ??= vectors[0]?.length;
      const odd = vectors.find(({ length }) => length !== dimensions);
      if (odd !== undefined) {
        throw protocolError('embed', server, `a vector of ${odd.length} numbers`, `vectors of ${dimensions}`);
      }
      const counts = answers.map(({ usage }) => readUsage(usage).inputTokens);
      const inputTokens = counts.reduce((sum, count) => (count === undefined ? undefined : (sum ?? 0) + count), 0);
      return { vectors, usage: { inputTokens, outputTokens: undefined } };
    },
  };
}

/** The vectors in the order of the texts: servers may answer in another. */
function readVectors(server: Server, { data }: Fields, count: number): Float32Array[] {
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  for (const [position, entry] of listOf(data).entries()) {
    const { index = position, embedding } = fieldsOf(entry);
    const numbers = listOf(embedding);
    // Nothing is written to a place that the server makes up, such as `length`.
    if (!Number.isSafeInteger(index) || (index as number) < 0 || (index as number) >= count) continue;
    if (numbers.length === 0 || !numbers.every((value) => typeof value === 'number')) continue;
    const vector = Float32Array.from(numbers);
    if (vector.every((value) => Number.isFinite(value))) vectors[index as number] = vector;
  }
  const found = vectors.filter((vector) => vector !== undefined);
  if (found.length !== count) {
    throw protocolError('embed', server, `${found.length} finite vectors`, `${count}, one per text`);
  }
  return found;
}
