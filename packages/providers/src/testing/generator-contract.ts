import type { Prompt } from '../messages.ts';
import type { TextGenerator } from '../text-generator.ts';

/** What a contract needs of a test runner: `test` of vitest, jest or node:test will do. */
export type DeclareTest = (name: string, run: () => Promise<void>) => unknown;

/** What {@link textGeneratorContract} is given. */
export interface GeneratorContract {
  readonly test: DeclareTest;
  /** Makes the generator; called once a test. */
  readonly make: () => TextGenerator | Promise<TextGenerator>;
  /** A prompt that it answers with more than one word. Default: a greeting in a conversation. */
  readonly prompt?: Prompt | undefined;
}

const GREETING: Prompt = [{ role: 'user', content: 'Say hello and ask how I am.' }];

/** Fails a test. */
function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

async function reasonOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/**
 * Declares the tests every {@link TextGenerator} must pass: whole and streamed answers agree, options are honoured or
 * refused, an abort throws the signal's reason, calls do not disturb each other.
 * @example
 * const names: string[] = [];
 * textGeneratorContract({ test: (name) => names.push(name), make: () => scriptedGenerator(() => 'Hello, you!') });
 * names.length; // => 7
 * @category Testing
 */
export function textGeneratorContract({ test, make, prompt = GREETING }: GeneratorContract): void {
  test('generate returns text, a reason and usage', async () => {
    const { text, finishReason, toolCalls, usage } = await (await make()).generate(prompt, { maxNewTokens: 64 });
    demand(text.trim() !== '', 'the text is empty');
    demand(finishReason === 'stop' || finishReason === 'length', `finishReason is '${finishReason}'`);
    demand(toolCalls.length === 0, 'a tool was called, though there is none');
    demand('inputTokens' in usage && 'outputTokens' in usage, 'usage lacks its fields');
  });

  test('the pieces of a stream joined are its text', async () => {
    const stream = (await make()).stream(prompt, { maxNewTokens: 64 });
    const pieces: string[] = [];
    for await (const piece of stream) pieces.push(piece);
    const { text } = await stream.result();
    demand(pieces.join('') === text, `'${pieces.join('')}' is not '${text}'`);
    demand(
      pieces.every((piece) => piece !== ''),
      'a piece is empty',
    );
  });

  test('result reads a stream nobody loops over', async () => {
    const { text } = await (await make()).stream(prompt, { maxNewTokens: 64 }).result();
    demand(text.trim() !== '', 'the text is empty');
  });

  test('maxNewTokens ends a generation with the reason length', async () => {
    const { finishReason } = await (await make()).generate(prompt, { maxNewTokens: 1 });
    demand(finishReason === 'length', `finishReason is '${finishReason}'`);
  });

  test('an unknown option and a value out of range are refused', async () => {
    const model = await make();
    for (const options of [{ maxTokens: 5 }, { topP: 2 }, { temperature: Number.NaN }, { stop: [''] }]) {
      const error = await reasonOf(() => model.generate(prompt, options));
      const code = (error as { code?: unknown }).code;
      demand(code === 'ARGUMENT' || code === 'UNSUPPORTED', `${JSON.stringify(options)} threw ${String(error)}`);
    }
  });

  test('an aborted call throws the reason', async () => {
    const model = await make();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    demand((await reasonOf(() => model.generate(prompt, { signal }))) === reason, 'generate threw something else');
    demand((await reasonOf(() => model.stream(prompt, { signal }).result())) === reason, 'stream threw something else');
  });

  test('two calls at once both answer, also when one is left early', async () => {
    const model = await make();
    const left = (async () => {
      for await (const piece of model.stream(prompt, { maxNewTokens: 64 })) return piece;
      return '';
    })();
    const [piece, whole] = await Promise.all([left, model.generate(prompt, { maxNewTokens: 64 })]);
    demand(piece !== '' && whole.text !== '', 'a text is empty');
  });
}
