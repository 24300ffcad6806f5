import { readCount, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import type { TokenId } from './template.ts';

/** An entry of `added_tokens` in a tokenizer.json. */
interface Added extends Json {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** Special tokens by the name they have in Hugging Face's files; those the vocabulary lacks get ids in this order. */
const NAMES = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;
export type SpecialName = (typeof NAMES)[number];

/** The files that say which tokens are special, as objects. */
export interface SettingsFiles {
  /** `tokenizer_config.json`. */
  readonly config?: Json | undefined;
  /** `special_tokens_map.json`. */
  readonly special?: Json | undefined;
  /** `added_tokens.json`. */
  readonly added?: Json | undefined;
}

/** What the small files of a folder say, with the defaults of the model's family. */
export class Settings {
  readonly config: Json;
  readonly #vocab: ReadonlyMap<string, number>;
  readonly #special = new Map<SpecialName, Json>();
  readonly #added = new Map<string, Added>();
  #next: number;

  constructor(
    files: SettingsFiles,
    vocab: ReadonlyMap<string, number>,
    defaults: Partial<Record<SpecialName, string>>,
  ) {
    const { config = {}, special = {}, added = {} } = files;
    this.config = config;
    this.#vocab = vocab;
    this.#next = [...vocab.values()].reduce((most, id) => Math.max(most, id + 1), 0);
    for (const [id, token] of Object.entries(
      readObject(config['added_tokens_decoder'] ?? {}, 'added_tokens_decoder'),
    )) {
      this.#add(readToken(token, 'added_tokens_decoder'), readCount(Number(id), 'added_tokens_decoder'));
    }
    for (const [content, id] of Object.entries(added)) this.#add({ content }, readCount(id, 'added_tokens.json'));
    for (const name of NAMES) {
      const given = special[name] ?? config[name] ?? (Object.hasOwn(config, name) ? undefined : defaults[name]);
      if (given === undefined || given === null) continue;
      const token = readToken(given, name);
      this.#special.set(name, token);
      this.#addSpecial(token);
    }
    const more = special['additional_special_tokens'] ?? config['additional_special_tokens'] ?? [];
    for (const token of readList(more, 'additional_special_tokens')) {
      this.#addSpecial(readToken(token, 'additional_special_tokens'));
    }
  }

  /** The list for a tokenizer.json, by id. */
  get addedTokens(): readonly Added[] {
    return [...this.#added.values()].toSorted((a, b) => a.id - b.id);
  }

  /** A special token; undefined if the model has none of that name. */
  special(name: SpecialName): TokenId | undefined {
    const token = this.#special.get(name)?.['content'] as string | undefined;
    return token === undefined ? undefined : { token, id: this.#added.get(token)!.id };
  }

  /** A flag of `tokenizer_config.json`. */
  flag(name: string, missing: boolean): boolean {
    return readFlag(this.config[name], `tokenizer_config.json's ${name}`, missing);
  }

  #addSpecial(token: Json & { readonly content: string }): void {
    const { content } = token;
    const id = this.#added.get(content)?.id ?? this.#vocab.get(content);
    this.#add(
      { ...this.#added.get(content), ...token, special: true, normalized: token['normalized'] ?? false },
      id ?? this.#next,
    );
  }

  #add(token: Json & { readonly content: string }, id: number): void {
    this.#next = Math.max(this.#next, id + 1);
    this.#added.set(token.content, { ...token, id, special: readFlag(token['special'], 'special', false) });
  }
}

function readToken(value: unknown, where: string): Json & { readonly content: string } {
  if (typeof value === 'string') return { content: value };
  const json = readObject(value, where);
  const { id: _, __type, ...flags } = json;
  return { ...flags, content: readText(json['content'], where) };
}
