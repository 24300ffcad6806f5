import { ArgumentError, item } from '@gai/core';
import { packed, tokenArray } from '@gai/data';
import type { PackedBatch } from '@gai/data';
import { adamW, chain, clipByGlobalNorm, manualSeed, summary, trainStep } from '@gai/nn';
import { trainBPE } from '@gai/tokenizers';
import type { Tokenizer } from '@gai/tokenizers';
import { LlamaForCausalLM, generate, releaseGeneration, segmentMask, tokenLoss } from '@gai/transformer';
import { SIZES, TEXT_LENGTH } from './gpt-choices.ts';
import type { LanguageModel } from './language-model.ts';

/** What is trained, on what. */
export interface SmallGptSettings {
  readonly text: string;
  readonly seed: number;
  readonly layers: number;
  readonly heads: number;
  /** Features of a head. */
  readonly headSize: number;
  readonly learningRate: number;
}

/** Tokens of a window, windows of a step, tokens of the vocabulary, steps of the warm-up. */
const [LENGTH, BATCH, VOCABULARY, WARM_UP] = [48, 12, 400, 20];
const SEPARATOR = '<|endoftext|>';

/** What one step tells. */
export interface StepNews {
  readonly step: number;
  /** Nats per token. */
  readonly loss: number;
}

/** What a model begins with. */
export interface SmallGptFacts {
  readonly parameters: number;
  readonly vocabulary: number;
  /** Tokens of the text. */
  readonly tokens: number;
  /** Characters of a token on average: what turns the loss of a token into that of a character. */
  readonly charactersPerToken: number;
}

/** A GPT that learns in the page, step by step. */
export class SmallGpt implements LanguageModel {
  readonly name = 'the model trained here';
  readonly model: LlamaForCausalLM;
  readonly tokenizer: Tokenizer;
  readonly begin: number;
  readonly facts: SmallGptFacts;
  readonly #step: (batch: PackedBatch) => Promise<number>;
  readonly #endStep: () => Promise<void>;
  readonly #batches: AsyncGenerator<PackedBatch, never>;
  #steps = 0;
  /** The latest step or text: one at a time, so that no text is begun by one model and ended by another. */
  #latest: Promise<unknown> = Promise.resolve();

  private constructor(settings: SmallGptSettings, tokenizer: Tokenizer, texts: readonly (readonly number[])[]) {
    const { seed, layers, heads, headSize, learningRate } = settings;
    manualSeed(seed);
    this.tokenizer = tokenizer;
    this.begin = tokenizer.tokenToId(SEPARATOR)!;
    this.model = new LlamaForCausalLM({
      vocabSize: tokenizer.vocabSize,
      hiddenSize: heads * headSize,
      intermediateSize: 3 * heads * headSize,
      numHiddenLayers: layers,
      numAttentionHeads: heads,
      maxPositionEmbeddings: LENGTH,
      tieWordEmbeddings: true,
    });
    const tokens = texts.reduce((sum, ids) => sum + ids.length, 0);
    this.facts = {
      parameters: summary(this.model).parameters,
      vocabulary: tokenizer.vocabSize,
      tokens,
      charactersPerToken: settings.text.length / tokens,
    };
    this.#batches = batchesOf(texts, this.begin, seed);
    const rate = (step: number): number => learningRate * Math.min(1, (step + 1) / WARM_UP);
    const optimizer = chain(clipByGlobalNorm(1), adamW({ learningRate: rate, b2: 0.95, weightDecay: 0.01 }));
    const step = trainStep(
      { models: { model: this.model }, optimizers: { model: optimizer } },
      ({ model }, { x, y, segments, positionIds }: PackedBatch) => ({
        losses: { model: tokenLoss(model.forward(x, { attentionMask: segmentMask(segments), positionIds }), y) },
      }),
      { seed },
    );
    this.#step = async (batch) => item((await step(batch)).losses.model) as Promise<number>;
    this.#endStep = () => step.dispose();
  }

  /** A model that has not learned anything yet; its tokenizer has. */
  static async begin(settings: SmallGptSettings): Promise<SmallGpt> {
    checkSettings(settings);
    const texts = settings.text.split(/\n+/).filter((line) => line.trim() !== '');
    const tokenizer = await trainBPE(texts, { vocabSize: VOCABULARY, specialTokens: [SEPARATOR] });
    return new SmallGpt(
      settings,
      tokenizer,
      texts.map((text) => tokenizer.encode(text, { splitSpecialTokens: true }).ids),
    );
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /** One step. */
  learn(): Promise<StepNews> {
    return this.#inTurn(async () => {
      const { value } = await this.#batches.next();
      const loss = await this.#step(value);
      this.#steps += 1;
      return { step: this.#steps, loss };
    });
  }

  /** What it writes now, behind a beginning. */
  async write(
    beginning: string,
    { seed, temperature = 0.7 }: { readonly seed: number; readonly temperature?: number },
  ): Promise<string> {
    const { ids } = this.tokenizer.encode(beginning, { splitSpecialTokens: true });
    const prompt = [this.begin, ...ids].slice(-LENGTH / 2);
    const options = {
      maxNewTokens: LENGTH - prompt.length,
      temperature,
      topK: 0,
      topP: 0.95,
      eosTokenId: this.begin,
      seed,
    };
    const { sequences } = await this.#inTurn(() => generate(this.model, [prompt], options));
    return this.tokenizer.decode(sequences[0]!);
  }

  /** Frees what was compiled of it, and what its training kept. */
  dispose(): Promise<void> {
    return this.#inTurn(async () => {
      await releaseGeneration(this.model);
      await this.#endStep();
    });
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#latest.then(work);
    this.#latest = done.catch(() => undefined); // Who called is told.
    return done;
  }
}

/** Windows without end, in another order in every epoch. */
async function* batchesOf(
  texts: readonly (readonly number[])[],
  separator: number,
  seed: number,
): AsyncGenerator<PackedBatch, never> {
  const loader = packed(tokenArray(texts, { separator }), { length: LENGTH, batchSize: BATCH, seed });
  for (;;) for await (const batch of loader) yield batch;
}

function checkSettings({ text, seed, layers, heads, headSize, learningRate }: SmallGptSettings): void {
  const { least, most } = TEXT_LENGTH;
  const refuse = (message: string): never => {
    throw new ArgumentError(message);
  };
  if (typeof text !== 'string' || text.trim().length < least)
    refuse(
      `The text is too short: ${typeof text === 'string' ? text.trim().length : 0} characters. Paste at least ${least} to learn from.`,
    );
  if (text.length > most)
    refuse(`The text is too long: ${text.length} characters. Take at most ${most}: this is a page, not a data centre.`);
  if (!Number.isSafeInteger(seed) || seed < 0) refuse(`The seed is ${seed}. Take a whole number of at least 0.`);
  const isOffered =
    SIZES.layers.includes(layers as 1) && SIZES.heads.includes(heads as 1) && SIZES.headSize.includes(headSize as 8);
  if (!isOffered)
    refuse(
      `There is no such size: ${layers} layers, ${heads} heads of ${headSize}. Choose among those that are offered.`,
    );
  if (!(learningRate > 0 && learningRate <= 1))
    refuse(`The learning rate is ${learningRate}. Take a number above 0 and at most 1.`);
}
