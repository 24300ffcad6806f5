import type { Embedder } from '../embedder.ts';
import { ProviderError } from '../errors.ts';
import type { DeclareTest } from './generator-contract.ts';

/** What {@link embedderContract} is given. */
export interface EmbedderContract {
  readonly test: DeclareTest;
  /** Makes the embedder; called once a test. */
  readonly make: () => Embedder | Promise<Embedder>;
  /** Largest difference between a vector in a batch and the same text alone. Default 1e-5. */
  readonly tolerance?: number | undefined;
}

const TEXTS = [
  'The cat sat on the mat.',
  'Stock prices fell.',
  'A cat is sitting on a mat.',
  '',
  '日本語のテキスト 🙂',
];

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);

/**
 * Declares the tests every {@link Embedder} must pass: a finite vector of one length per text, in order, the same alone
 * and in a batch.
 * @example
 * const names: string[] = [];
 * embedderContract({ test: (name) => names.push(name), make: () => hashingEmbedder() });
 * names.length; // => 5
 * @category Testing
 */
export function embedderContract({ test, make, tolerance = 1e-5 }: EmbedderContract): void {
  test('every text has a finite vector of one length', async () => {
    const embedder = await make();
    const { vectors, usage } = await embedder.embed(TEXTS);
    demand(vectors.length === TEXTS.length, `${vectors.length} vectors for ${TEXTS.length} texts`);
    demand(
      vectors.every(({ length }) => length === embedder.dimensions),
      'a length is not dimensions',
    );
    demand(
      vectors.every((vector) => vector.every(Number.isFinite)),
      'a number is not finite',
    );
    demand('inputTokens' in usage, 'usage lacks inputTokens');
  });

  test('a text has the same vector alone and in a batch, in any order', async () => {
    const embedder = await make();
    const { vectors } = await embedder.embed(TEXTS);
    const { vectors: reversed } = await embedder.embed([...TEXTS].reverse());
    for (const [index, text] of TEXTS.entries()) {
      const [alone] = (await embedder.embed([text])).vectors;
      for (const other of [alone!, reversed[TEXTS.length - 1 - index]!]) {
        const difference = largestDifference(vectors[index]!, other);
        demand(difference <= tolerance, `'${text}' differs by ${difference}`);
      }
    }
  });

  test('no texts have no vectors', async () => {
    demand((await (await make()).embed([])).vectors.length === 0, 'there are vectors');
  });

  test('what is no list of texts is refused', async () => {
    const embedder = await make();
    for (const texts of ['a text', ['a text', 5], undefined] as unknown as readonly string[][]) {
      const error = await embedder.embed(texts).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      demand(ProviderError.isInstance(error) && error.code === 'ARGUMENT', `threw ${String(error)}`);
    }
  });

  test('an aborted call throws the reason', async () => {
    const reason = new Error('enough');
    const embedder = await make();
    const error = await embedder.embed(TEXTS, { signal: AbortSignal.abort(reason) }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    demand(error === reason, `threw ${String(error)}`);
  });
}
