import { ArgumentError, data, dispose } from '@gai/core';
import type { Tensor } from '@gai/core';
import { inspect, samplingProbabilities } from '@gai/transformer';
import type { SamplingSettings } from '@gai/transformer';
import { addedText, shownToken } from './language-model.ts';
import type { LanguageModel } from './language-model.ts';

/** More tokens make tables that nobody reads. */
export const MOST_TOKENS = 32;
/** Longer texts are cut before they are read: only the first tokens of them are shown. */
export const MOST_CHARACTERS = 2000;
/** Multiplications that the lens of one text may take, or it looks at a single place: about a second of WebAssembly. */
const MOST_LENS_WORK = 5e9;
/** Tokens of the distribution that are shown. */
const SHOWN = 12;

/** A head, by layer and number. */
export type HeadPlace = readonly [layer: number, head: number];

/** What is looked at. */
export interface LookRequest {
  readonly text: string;
  /** Heads that are switched off. */
  readonly off: readonly HeadPlace[];
  /** The place whose next token is asked for; of a shorter text the last one. */
  readonly at: number;
}

/** A token of the text. */
export interface ShownToken {
  readonly id: number;
  readonly text: string;
}

/** A token that may come next. */
export interface LensToken extends ShownToken {
  readonly probability: number;
}

/** Everything that the page shows of a text, in plain arrays. */
export interface Look {
  readonly tokens: readonly ShownToken[];
  /** Tokens of the text that do not fit. */
  readonly leftOut: number;
  readonly at: number;
  readonly layers: number;
  readonly heads: number;
  /** `[layers, heads, time, time]`. */
  readonly scores: Float32Array;
  readonly weights: Float32Array;
  /** Lengths of the residual stream, `[layers + 1][time]`, and of what is added to it, `[layers][time]`. */
  readonly residuals: number[][];
  readonly attention: number[][];
  readonly feedForward: number[][];
  /** The places that the lens looks at. */
  readonly lensPlaces: readonly number[];
  /** `[layers + 1][places]`: the best next tokens. */
  readonly lens: readonly (readonly (readonly LensToken[])[])[];
}

/** How the next token is drawn, and what is compared. */
export interface NextRequest {
  readonly at: number;
  readonly settings: SamplingSettings;
}

/** How a token is drawn behind a text: with the heads that are on, by a number in [0, 1). */
export interface DrawRequest extends Pick<LookRequest, 'text' | 'off'> {
  readonly settings: SamplingSettings;
  readonly uniform: number;
}

/** A token of the distribution. */
export interface NextToken extends ShownToken {
  /** What the model says. */
  readonly plain: number;
  /** What the settings make of it; 0 if it is left out. */
  readonly drawn: number;
  /** What the model says with every head; undefined if none is off. */
  readonly whole: number | undefined;
}

/** The distribution of the next token. */
export interface Next {
  readonly tokens: readonly NextToken[];
  /** Tokens that may be drawn. */
  readonly left: number;
  /** `−Σ p log₂ p` of what is drawn from. */
  readonly bits: number;
}

/** What a head does to the log-probability of the model's own next token, `[layers][heads]`, in nats: negative where it helps. */
export type HeadEffects = number[][];

/** A model that is being looked into: keeps the scores of the text that is shown. */
export class Inspector {
  readonly #opened: LanguageModel;
  #logits: Float32Array = new Float32Array();
  /** The scores with every head. */
  #whole: { readonly text: string; readonly logits: Float32Array } | undefined;

  constructor(opened: LanguageModel) {
    this.#opened = opened;
  }

  /** @throws {@link ArgumentError} if the text has no token. */
  async look({ text, off, at: wanted }: LookRequest): Promise<Look> {
    const { model, tokenizer } = this.#opened;
    const { ids, leftOut } = this.#encode(text);
    const at = Math.min(wanted, ids.length - 1);
    const { layers, vocabulary } = model.decoding;
    const heads = model.queryHeads;
    const found = await inspect(model, ids, {
      headMask: maskOf([layers, heads], off),
      lensPositions: this.#lensPlaces(ids.length, at),
    });
    const read = async (x: Tensor): Promise<Float32Array> => (await data(x)) as Float32Array;
    const { lens } = found;
    this.#logits = await read(found.logits);
    if (off.length === 0) this.#whole = { text, logits: this.#logits };
    else if (this.#whole?.text !== text) this.#whole = { text, logits: await this.#logitsOf(ids) };
    const best = Math.min(vocabulary, found.lens.tokens.shape.at(-1) as number);
    const look = {
      tokens: ids.map((id) => ({ id, text: shownToken(tokenizer, id) })),
      leftOut,
      at,
      layers,
      heads,
      scores: await read(found.scores),
      weights: await read(found.weights),
      residuals: lengths(await read(found.residuals), found.residuals.shape as number[]),
      attention: lengths(await read(found.attentionUpdates), found.attentionUpdates.shape as number[]),
      feedForward: lengths(await read(found.feedForwardUpdates), found.feedForwardUpdates.shape as number[]),
      lensPlaces: lens.positions,
      lens: this.#lensOf([await data(lens.tokens), await read(lens.logProbs)], [lens.positions.length, best]),
    };
    dispose({ ...found });
    return look;
  }

  /** The next token at a place of the text that was looked at. */
  next({ at, settings }: NextRequest): Next {
    const { tokenizer } = this.#opened;
    const logits = this.#logitsAt(this.#logits, at);
    if (logits.length === 0) throw new ArgumentError(`The text has no token ${at} any more.`);
    const plain = samplingProbabilities(logits, { topK: 0 });
    const drawn = samplingProbabilities(logits, settings);
    const drawnOf = new Map(drawn.map(({ token, probability }) => [token, probability]));
    const whole = this.#whole !== undefined && this.#whole.logits !== this.#logits ? this.#whole.logits : undefined;
    const wholeOf =
      whole &&
      samplingProbabilities(this.#logitsAt(whole, at), { topK: 0 }).map((one) => [one.token, one.probability] as const);
    const before = wholeOf && new Map(wholeOf);
    // Those that were likeliest with every head are of interest too.
    const shown = new Set([
      ...plain.slice(0, SHOWN).map(({ token }) => token),
      ...(wholeOf ?? []).slice(0, 4).map(([token]) => token),
    ]);
    return {
      tokens: plain
        .filter(({ token }) => shown.has(token))
        .map(({ token, probability }) => ({
          id: token,
          text: shownToken(tokenizer, token),
          plain: probability,
          drawn: drawnOf.get(token) ?? 0,
          whole: before?.get(token),
        })),
      left: drawn.length,
      bits: drawn.reduce((sum, { probability: p }) => sum - (p > 0 ? p * Math.log2(p) : 0), 0),
    };
  }

  /** What a token drawn behind the text adds to it; of that text, whichever is shown just then. */
  async draw({ text, off, settings, uniform }: DrawRequest): Promise<string> {
    const { model, tokenizer, begin } = this.#opened;
    const { ids, leftOut } = this.#encode(text);
    if (leftOut > 0) throw new ArgumentError(`The text is full: ${ids.length} tokens are all that are looked at.`);
    const logits = await this.#logitsOf(ids, maskOf([model.decoding.layers, model.queryHeads], off));
    const drawn = samplingProbabilities(this.#logitsAt(logits, ids.length - 1), settings);
    let sum = 0;
    const found = drawn.find(({ probability }) => (sum += probability) > uniform) ?? drawn.at(-1)!;
    return addedText(tokenizer, ids.slice(begin === undefined ? 0 : 1), found.token);
  }

  /** Switches every head off in turn. `tell` hears of each layer; `isStopped` ends it. */
  async effects(
    { text, at: wanted }: Pick<LookRequest, 'text' | 'at'>,
    { tell, isStopped }: { readonly tell: (effects: HeadEffects) => void; readonly isStopped: () => boolean },
  ): Promise<HeadEffects> {
    const { model } = this.#opened;
    const { ids } = this.#encode(text);
    const at = Math.min(wanted, ids.length - 1);
    const sizes = [model.decoding.layers, model.queryHeads] as const;
    const [best, before] = bestOf(this.#logitsAt(await this.#logitsOf(ids), at));
    const effects: HeadEffects = [];
    for (let layer = 0; layer < sizes[0]; layer++) {
      const row: number[] = [];
      for (let head = 0; head < sizes[1] && !isStopped(); head++) {
        const logits = this.#logitsAt(await this.#logitsOf(ids, maskOf(sizes, [[layer, head]])), at);
        row.push(logProb(logits, best) - before);
      }
      if (isStopped()) break;
      effects.push(row);
      tell(effects);
      // Whoever wants to stop it has to be heard.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return effects;
  }

  #encode(text: string): { readonly ids: readonly number[]; readonly leftOut: number } {
    const { tokenizer, begin, model } = this.#opened;
    const { ids } = tokenizer.encode(text.slice(0, MOST_CHARACTERS), {
      addSpecialTokens: false,
      truncation: null,
      padding: null,
    });
    if (ids.length === 0) throw new ArgumentError('Type a word or two: without tokens there is nothing to look at.');
    const all = begin === undefined ? ids : [begin, ...ids];
    const most = Math.min(MOST_TOKENS, model.decoding.positions);
    return { ids: all.slice(0, most), leftOut: Math.max(0, all.length - most) };
  }

  #lensPlaces(time: number, at: number): readonly number[] | undefined {
    const { layers, vocabulary, depth } = this.#opened.model.decoding;
    const perPlace = 2 * (layers + 1) * vocabulary * depth * this.#opened.model.queryHeads;
    return perPlace * time > MOST_LENS_WORK ? [at] : undefined;
  }

  #lensOf(
    [tokens, logProbs]: readonly [ArrayLike<number | bigint>, Float32Array],
    [places, best]: readonly [number, number],
  ): LensToken[][][] {
    const { tokenizer } = this.#opened;
    const at = (index: number): LensToken => {
      const id = Number(tokens[index]);
      return { id, text: shownToken(tokenizer, id), probability: Math.exp(logProbs[index]!) };
    };
    const layers = logProbs.length / places / best;
    return Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: places }, (__, place) =>
        Array.from({ length: best }, (___, rank) => at((layer * places + place) * best + rank)),
      ),
    );
  }

  #logitsAt(logits: Float32Array, at: number): Float32Array {
    const { vocabulary } = this.#opened.model.decoding;
    return logits.subarray(at * vocabulary, (at + 1) * vocabulary);
  }

  async #logitsOf(ids: readonly number[], headMask?: number[][]): Promise<Float32Array> {
    const found = await inspect(this.#opened.model, ids, { headMask, lensPositions: [ids.length - 1] });
    const logits = (await data(found.logits)) as Float32Array;
    dispose({ ...found });
    return logits;
  }
}

/** Ones, and zeros for the heads that are off. */
export function maskOf([layers, heads]: HeadPlace, off: readonly HeadPlace[]): number[][] {
  const mask = Array.from({ length: layers }, () => new Array<number>(heads).fill(1));
  for (const [layer, head] of off) if (mask[layer]?.[head] !== undefined) mask[layer][head] = 0;
  return mask;
}

/** Euclidean lengths along the last axis of three. */
function lengths(values: Float32Array, [layers, time, features]: readonly number[]): number[][] {
  return Array.from({ length: layers! }, (_, layer) =>
    Array.from({ length: time! }, (__, at) => {
      const from = (layer * time! + at) * features!;
      return Math.sqrt(values.subarray(from, from + features!).reduce((sum, value) => sum + value * value, 0));
    }),
  );
}

function bestOf(logits: Float32Array): readonly [token: number, logProb: number] {
  const best = logits.indexOf(logits.reduce((most, value) => Math.max(most, value), -Infinity));
  return [best, logProb(logits, best)];
}

function logProb(logits: Float32Array, token: number): number {
  const most = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - most), 0);
  return logits[token]! - most - Math.log(total);
}
