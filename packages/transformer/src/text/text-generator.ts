import { checkOptionNames } from '@gai/core/ops';
import { ProviderError, textStream } from '@gai/providers';
import type { Prompt, TextGenerator, TextStream } from '@gai/providers';
import type { ChatTemplate, Tokenizer } from '@gai/tokenizers';
import { releaseGeneration } from '../generation/release-generation.ts';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { LOADING_OPTIONS } from '../pretrained/check-changes.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { holdGguf } from '../pretrained/gguf-file.ts';
import { checkParts } from './check-parts.ts';
import { loadWriter } from './load-writer.ts';
import { readChatTemplate } from './read-chat-template.ts';
import { findTokenizer, readTokenizer } from './read-tokenizer.ts';
import type { TextGeneration } from './text-generation.ts';
import type { TextGenerateOptions } from './text-options.ts';
import { writeTexts } from './write-texts.ts';
import type { WriteCall, Writer } from './write-texts.ts';

/**
 * What of a folder {@link textGenerator} reads.
 * @category Generation
 */
export interface TextGeneratorOptions extends LoadingOptions {
  /** Whether a folder without a tokenizer will do: prompts are then token ids, and no text is written. Default `required`. */
  readonly tokenizer?: 'required' | 'optional' | undefined;
}

/**
 * A model that is there already, for {@link textGenerator}.
 * @category Generation
 */
export interface TextGeneratorParts {
  readonly model: CausalLanguageModel | Seq2SeqLanguageModel;
  /** Without one prompts are token ids, and no text is written. */
  readonly tokenizer?: Tokenizer | undefined;
  /** Without one there are no conversations. */
  readonly chatTemplate?: ChatTemplate | undefined;
  /** What reports call it. Default: its class. */
  readonly name?: string | undefined;
}

/**
 * A {@link TextGenerator} that runs here; dispose of it to free its copy of the weights.
 * @category Generation
 */
export interface LocalTextGenerator extends TextGenerator {
  /** Whether there is a tokenizer: without one `text` is always empty. */
  readonly writesText: boolean;
  /** Writes one answer; a prompt may be token ids too. */
  generate(prompt: Prompt | readonly number[], options?: TextGenerateOptions): Promise<TextGeneration>;
  /** Writes an answer to each prompt, all at once, which takes less time for each. */
  generateBatch(
    prompts: readonly (Prompt | readonly number[])[],
    options?: TextGenerateOptions,
  ): Promise<readonly TextGeneration[]>;
  stream(prompt: Prompt | readonly number[], options?: TextGenerateOptions): LocalTextStream;
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A {@link TextStream} of a model that runs here.
 * @category Generation
 */
export interface LocalTextStream extends TextStream {
  result(): Promise<TextGeneration>;
}

/**
 * A language model that runs here, with texts in and out: a text is gone on with, a conversation is put into the model's template.
 *
 * Text comes piece by piece, in whole characters; nothing of a stop text is ever given, wherever its tokens end. Options are those of
 * `generate` beside those of every {@link TextGenerator}: greedy unless the call or the model's generation_config.json says otherwise,
 * 256 new tokens at most unless they say how many. What cannot be honoured throws.
 * @param source - A folder with a model and its tokenizer, a `.gguf` file, or a model that is there already.
 * @throws {@link DataError} if a file is missing, or asks for something that is not known here.
 * @throws {@link ArgumentError} if what is given is no model, or comes with options for reading one.
 * @example
 * const tokenizer = characterTokenizer('abc ');
 * const model = new GPT2LMHeadModel({ vocabSize: tokenizer.vocabSize, nPositions: 16, nEmbd: 16, nLayer: 1, nHead: 2 });
 * await using writer = await textGenerator({ model, tokenizer });
 * const { ids, finishReason } = await writer.generate('a cab', { maxNewTokens: 4 });
 * [ids.length, finishReason]; // => [4, 'length']
 * @category Generation
 */
export async function textGenerator(
  source: string | TextGeneratorParts,
  options: TextGeneratorOptions = {},
): Promise<LocalTextGenerator> {
  checkOptionNames('textGenerator', options, ['tokenizer', ...LOADING_OPTIONS]);
  return generatorOf(typeof source === 'string' ? await fromFolder(source, options) : writerOf(source, options));
}

function writerOf(parts: TextGeneratorParts, options: TextGeneratorOptions): Writer {
  checkParts(parts, options);
  const { model, tokenizer, chatTemplate, name } = parts;
  return { model, tokenizer, chatTemplate, name: name ?? model.constructor.name };
}

async function fromFolder(
  folder: string,
  { tokenizer: needed = 'required', ...loading }: TextGeneratorOptions,
): Promise<Writer> {
  const storage = loading.storage ?? defaultStorage('textGenerator');
  const find = needed === 'required' ? readTokenizer : findTokenizer;
  return holdGguf({ storage, path: folder, op: 'textGenerator' }, async () => {
    const tokenizer = await find(storage, folder, 'textGenerator');
    const chatTemplate = await readChatTemplate(storage, folder, 'textGenerator');
    return { name: folder, tokenizer, chatTemplate, model: await loadWriter(folder, { ...loading, storage }) };
  });
}

function generatorOf(writer: Writer): LocalTextGenerator {
  let isDisposed = false;
  const write = (call: WriteCall): ReturnType<typeof writeTexts> => {
    if (isDisposed) throw disposed(call.op);
    return writeTexts(call, writer);
  };
  const whole = async (call: WriteCall): Promise<readonly TextGeneration[]> => {
    const pieces = write(call);
    for (;;) {
      const { done, value } = await pieces.next();
      if (done === true) return value;
    }
  };
  const dispose = async (): Promise<void> => {
    isDisposed = true;
    await releaseGeneration(writer.model);
  };
  return {
    model: writer.name,
    writesText: writer.tokenizer !== undefined,
    generate: async (prompt, options = {}) => (await whole({ op: 'generate', prompts: [prompt], options }))[0]!,
    generateBatch: async (prompts, options = {}) => whole({ op: 'generateBatch', prompts, options }),
    stream: (prompt, options = {}) => streamOf(() => write({ op: 'stream', prompts: [prompt], options })),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The pieces of the only row. */
function streamOf(write: () => ReturnType<typeof writeTexts>): LocalTextStream {
  async function* pieces(): AsyncGenerator<string, TextGeneration> {
    const steps = write();
    try {
      for (;;) {
        const { done, value } = await steps.next();
        if (done === true) return value[0]!;
        yield value.text;
      }
    } finally {
      await steps.return([]);
    }
  }
  return textStream(pieces()) as LocalTextStream;
}

const disposed = (op: string): ProviderError =>
  new ProviderError(
    'ARGUMENT',
    `${op}: the model was disposed of. Got a call; expected none after that. Make another one.`,
    {
      op,
    },
  );
