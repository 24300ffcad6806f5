import { AddedTokenFinder } from './added/added-tokens.ts';
import type { AddedToken } from './added/added-tokens.ts';
import { checkOptionNames } from './check-option-names.ts';
import type { Decoder } from './decoders/decoder.ts';
import { DecodeStream } from './decoders/decode-stream.ts';
import { checkOptions, checkText, refused } from './encoding/check-encode.ts';
import type { Encoding } from './encoding/encoding.ts';
import { padAll } from './encoding/pad.ts';
import type { Padding } from './encoding/pad.ts';
import { truncatePair } from './encoding/truncate.ts';
import { RunBuilder } from './encoding/run-builder.ts';
import type { Encoded, Run } from './encoding/run.ts';
import type { Truncation } from './encoding/truncate.ts';
import { TokenizerError } from './errors.ts';
import type { Model } from './models/model.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import type { PostProcessor } from './post-processors/post-processor.ts';
import { addedBy, fillTemplate } from './post-processors/template.ts';
import type { PreTokenizer, TakeWords } from './pre-tokenizers/pre-tokenizer.ts';
import { readTokenizer } from './read/tokenizer-json.ts';
import { AlignedText } from './text/aligned-text.ts';
import { wellFormed } from './text/characters.ts';
import { huggingFaceJson } from './save/hugging-face-json.ts';
import { savedJson } from './save/saved-json.ts';
import { withinStack } from './within-stack.ts';
import { WordEncoder } from './word-encoder.ts';

/** The token that a model's files name for filling up, and the end that is filled. */
export interface PadToken {
  readonly token: string;
  readonly direction: 'left' | 'right';
}

/** What a {@link Tokenizer} consists of. */
export interface TokenizerParts {
  readonly model: Model;
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer;
  readonly postProcessor: PostProcessor;
  readonly decoder: Decoder;
  readonly truncation: Truncation | undefined;
  readonly padding: Padding | undefined;
  /** What `padding: true` fills up with, where the file itself does not say it. */
  readonly padToken?: PadToken | undefined;
  /** The file it was read from, which it is saved as. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** How texts are encoded. */
export interface EncodeOptions {
  /** Adds what the template of the model adds, such as `[CLS]`. Default true. */
  readonly addSpecialTokens?: boolean | undefined;
  /** Cuts to a length; null: not. Default: as the file says. */
  readonly truncation?: Truncation | null | undefined;
  /**
   * Fills up to a length; null: not; true: to the longest of the batch with the token that the model's files name, or as `tokenizer.json`
   * itself says. Default: as `tokenizer.json` says.
   */
  readonly padding?: Padding | true | null | undefined;
  /**
   * Treats special tokens that stand in the text as ordinary text: for text of strangers, who must not write `<|im_start|>`
   * and have it read as one. Default false.
   */
  readonly splitSpecialTokens?: boolean | undefined;
}

/** Settings of {@link Tokenizer.decode}. */
export interface DecodeOptions {
  /** Leaves special tokens out. Default true. */
  readonly skipSpecialTokens?: boolean | undefined;
}

/**
 * Turns text into the tokens a model was trained on, and back.
 *
 * Reads any `tokenizer.json` of Hugging Face; ids are equal to those of their library, and offsets count UTF-16 units, so
 * that `text.slice(start, end)` is what a token stands for.
 * @example
 * const tokenizer = characterTokenizer('abc ');
 * tokenizer.encode('a cab').ids; // => [1, 4, 3, 1, 2]
 * tokenizer.decode([3, 1, 2]); // => 'cab'
 * @category Tokenizers
 */
export class Tokenizer {
  readonly #parts: TokenizerParts;
  readonly #words: WordEncoder;
  readonly #run: RunBuilder;
  readonly #finders = new Map<string, AddedTokenFinder>();
  readonly #byId: readonly (string | undefined)[];
  readonly #byToken: ReadonlyMap<string, number>;
  readonly #special: ReadonlySet<number>;

  /** @internal */
  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.#words = new WordEncoder(parts.model, parts.preTokenizer.byteLevel);
    this.#run = new RunBuilder(parts.model.shownAsText);
    const tokens: (string | undefined)[] = [...(parts.model.tokens ?? [])];
    for (const [token, id] of parts.model.vocab) tokens[id] = token;
    for (const token of parts.addedTokens) tokens[token.id] = spelling(token, parts.normalizer);
    this.#byId = tokens;
    this.#byToken = new Map([
      ...parts.model.vocab,
      ...parts.addedTokens.map(({ content, id }) => [content, id] as const),
    ]);
    this.#special = new Set(parts.addedTokens.filter(({ special }) => special).map(({ id }) => id));
  }

  /**
   * Reads the content of a `tokenizer.json`.
   * @param json - Its text, or what `JSON.parse` made of it.
   * @throws {@link TokenizerError} naming the field that is malformed or not supported.
   * @example
   * const model = { type: 'WordLevel', vocab: { '<unk>': 0, hello: 1 }, unk_token: '<unk>' };
   * const tokenizer = Tokenizer.fromJSON({ model, pre_tokenizer: { type: 'Whitespace' } });
   * tokenizer.encode('hello you').ids; // => [1, 0]
   */
  static fromJSON(json: string | object): Tokenizer {
    return withinStack('fromJSON', () => new Tokenizer(readTokenizer(json)));
  }

  /** One more than the largest id. */
  get vocabSize(): number {
    return this.#byId.length;
  }

  /** Tokens that are looked for in the text itself. */
  get addedTokens(): readonly AddedToken[] {
    return this.#parts.addedTokens;
  }

  /** The id of a token, as the vocabulary writes it. */
  tokenToId(token: string): number | undefined {
    return this.#byToken.get(token);
  }

  /** The token of an id, as the vocabulary writes it. */
  idToToken(id: number): string | undefined {
    return this.#byId[id];
  }

  /**
   * The content of its `tokenizer.json`, which reads back as this tokenizer. Where Hugging Face's format has no word for what a model
   * does, it has fields of our own (`model.unmatched`, `normalizer.longest_match`) that their library passes
   * over: it then gives a few texts other ids, and {@link Tokenizer.toHuggingFaceJSON} refuses.
   */
  toJSON(): Readonly<Record<string, unknown>> {
    return savedJson(this.#parts.source, this.#parts.addedTokens);
  }

  /**
   * The content of a `tokenizer.json` that Hugging Face's library reads with the ids of this tokenizer, without fields of our own.
   * @throws {@link TokenizerError} if their format cannot say what this tokenizer does; the message names a difference.
   * @example
   * const { added_tokens: added } = characterTokenizer('ab').toHuggingFaceJSON();
   * (added as { content: string }[])[0]?.content; // => '<unk>'
   */
  toHuggingFaceJSON(): Readonly<Record<string, unknown>> {
    return huggingFaceJson(this.toJSON(), this.#parts);
  }

  /**
   * Encodes a text, or a pair of them.
   * @param options.pair - The second text, for models that read two.
   * @throws {@link TokenizerError} if an option is unknown or cannot be honoured.
   */
  encode(text: string, options: EncodeOptions & { readonly pair?: string | undefined } = {}): Encoding {
    checkOptions(options, ['pair']);
    const { pair, ...rest } = options;
    return this.encodeBatch([pair === undefined ? text : [text, pair]], rest)[0]!;
  }

  /** Encodes several texts or pairs, padded together where padding asks for the longest. */
  encodeBatch(texts: readonly (string | readonly [string, string])[], options: EncodeOptions = {}): Encoding[] {
    checkOptions(options);
    if (!Array.isArray(texts)) throw refused(`there is no list of texts. Got ${typeof texts}; expected a list.`);
    const encodings = texts.map((text) => withinStack('encode', () => this.#encodeOne(text, options)));
    const padding = this.#padding(options.padding);
    return padding === undefined ? encodings : padAll(encodings, padding);
  }

  /** @internal The same, with a token for `padding: true`. */
  withPadToken(padToken: PadToken | undefined): Tokenizer {
    return padToken === undefined ? this : new Tokenizer({ ...this.#parts, padToken });
  }

  /**
   * The text of ids. Ids that no token has are left out, as Hugging Face's library leaves them out: models often have more
   * rows than there are tokens.
   */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    return this.decodeStream(options).finish(checkIds(ids));
  }

  /** Decodes ids one by one as they are generated; see {@link DecodeStream}. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    checkOptionNames('decode', options, ['skipSpecialTokens']);
    const { skipSpecialTokens = true } = options;
    return new DecodeStream(this.#parts.decoder, (id) => {
      if (!Number.isInteger(id)) throw noId(id);
      return skipSpecialTokens && this.#special.has(id) ? undefined : this.#byId[id];
    });
  }

  #padding(given: EncodeOptions['padding']): Padding | undefined {
    const { padding, padToken } = this.#parts;
    if (given !== true) return given === undefined ? padding : (given ?? undefined);
    if (padding !== undefined) return padding;
    const padId = padToken && this.tokenToId(padToken.token);
    if (padId === undefined) throw noPadToken(padToken?.token);
    return { padToken: padToken!.token, padId, direction: padToken!.direction };
  }

  #encodeOne(text: string | readonly [string, string], options: EncodeOptions): Encoding {
    const { addSpecialTokens = true, splitSpecialTokens = false } = options;
    const { postProcessor } = this.#parts;
    checkText(text);
    const [one, two] = typeof text === 'string' ? [text, undefined] : text;
    const kind = two === undefined ? 'single' : 'pair';
    const whole = postProcessor.template[kind];
    const template = addSpecialTokens ? whole : whole.filter((part) => 'sequence' in part);
    let first = this.#encoded(one, splitSpecialTokens);
    let second = two === undefined ? undefined : this.#encoded(two, splitSpecialTokens);
    const truncation = options.truncation === undefined ? this.#parts.truncation : (options.truncation ?? undefined);
    if (truncation !== undefined) {
      const added = addedBy(template);
      if (truncation.maxLength < added) throw noRoom(truncation.maxLength, added);
      [first, second] = truncatePair(first, second, truncation, truncation.maxLength - added);
    }
    const prepare = (encoded: Encoded): Encoded => postProcessor.prepare(encoded, this.#tokenOf);
    return fillTemplate(template, prepare(first), second && prepare(second), this.#byId);
  }

  readonly #tokenOf = ({ values, surfaces }: Run, index: number): string =>
    surfaces.get(index) ?? this.#byId[values[index]!] ?? '';

  #encoded(given: string, splitSpecialTokens: boolean): Encoded {
    const text = wellFormed(given);
    const { normalizer, preTokenizer } = this.#parts;
    const run = this.#run;
    run.start();
    for (const part of this.#finder(false, splitSpecialTokens).split(new AlignedText(text))) {
      if (part.id !== undefined) {
        run.addWhole(part.piece, part.id);
        continue;
      }
      const normalized = normalizer?.(part.piece) ?? part.piece;
      for (const { piece, id } of this.#finder(true, splitSpecialTokens).split(normalized)) {
        if (id !== undefined) run.addWhole(piece, id);
        else preTokenizer.split(piece, this.#addWords);
      }
    }
    const whole = run.finish();
    return { text, pieces: [{ run: whole, range: [0, whole.length] }] };
  }

  readonly #addWords: TakeWords = (piece, { values, length }) => {
    this.#run.begin(piece);
    for (let at = 0; at < length; at += 2) this.#words.encode(this.#run, piece.text, values[at]!, values[at + 1]!);
  };

  #finder(normalized: boolean, splitSpecialTokens: boolean): AddedTokenFinder {
    const key = `${normalized} ${splitSpecialTokens}`;
    const known = this.#finders.get(key);
    if (known !== undefined) return known;
    const { addedTokens, normalizer } = this.#parts;
    const tokens = addedTokens.filter(
      (token) => token.normalized === normalized && !(splitSpecialTokens && token.special),
    );
    const finder = new AddedTokenFinder(tokens, (token) => spelling(token, normalizer));
    this.#finders.set(key, finder);
    return finder;
  }
}

/** How an added token is spelled where it is looked for, and in decoded text. */
function spelling({ content, normalized }: AddedToken, normalizer: Normalizer | undefined): string {
  return normalized && normalizer !== undefined ? normalizer(new AlignedText(content)).text : content;
}

function checkIds(ids: Iterable<number>): Iterable<number> {
  if (typeof ids === 'object' && ids !== null && Symbol.iterator in ids) return ids;
  throw noId(ids);
}

const noId = (got: unknown): TokenizerError =>
  new TokenizerError(
    'ARGUMENT',
    `decode: there are no ids. Got ${typeof got} ${String(got).slice(0, 20)}; expected a list of whole numbers. Convert bigints with ` +
      'Number.',
    { op: 'decode' },
  );

function noPadToken(token: string | undefined): TokenizerError {
  const got = token === undefined ? 'no pad_token' : `pad_token ${JSON.stringify(token)}, which has no id,`;
  return refused(
    `there is no padding token. Got ${got} in the files of the model; expected one. Pass padding: { padToken, padId } with any token, and ` +
      `give the model the attention mask.`,
  );
}

function noRoom(maxLength: number, added: number): TokenizerError {
  return refused(
    `there is no room for the text. Got maxLength ${maxLength}; expected at least ${added}, which the template adds. Raise ` +
      'maxLength, or set addSpecialTokens: false.',
  );
}
