import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { ChatTemplate } from '@gai/tokenizers';
import { fileIn, readJson, readText } from '../pretrained/folder.ts';
import { ggufFile } from '../pretrained/gguf-file.ts';

/** The special tokens that templates name. */
type Tokens = NonNullable<ConstructorParameters<typeof ChatTemplate>[1]>;

/**
 * How the conversations of a model are written: `chat_template.jinja`, or what an older folder or a GGUF file has; undefined if there is
 * no template.
 * @throws {@link DataError} if there is one that is no text.
 */
export async function readChatTemplate(storage: Storage, path: string, op: string): Promise<ChatTemplate | undefined> {
  const found = path.endsWith('.gguf') ? await fromGguf(storage, path, op) : await fromFolder(storage, path);
  if (found.source === undefined || found.source === null) return undefined;
  if (typeof found.source === 'string') return new ChatTemplate(found.source, found.tokens);
  throw new DataError(
    `${op}: the chat template cannot be read. Got ${quoted(found.source, 60)} in '${path}'; expected a text. Correct ` +
      'tokenizer_config.json.',
    { op, details: { path } },
  );
}

interface Found {
  readonly source: unknown;
  readonly tokens: Tokens;
}

async function fromFolder(storage: Storage, folder: string): Promise<Found> {
  const config = (await readJson(storage, fileIn(folder, 'tokenizer_config.json'))) ?? {};
  const special = (await readJson(storage, fileIn(folder, 'special_tokens_map.json'))) ?? {};
  const own = await readText(storage, fileIn(folder, 'chat_template.jinja'));
  const older = (await readJson(storage, fileIn(folder, 'chat_template.json')))?.chat_template;
  const token = (name: string): string => textOf(config[name]) ?? textOf(special[name]) ?? '';
  return {
    source: own ?? older ?? named(config.chat_template),
    tokens: {
      bosToken: token('bos_token'),
      eosToken: token('eos_token'),
      padToken: token('pad_token'),
      unkToken: token('unk_token'),
    },
  };
}

/** Where there are several, the one of that name is for conversations. */
function named(template: unknown): unknown {
  if (!Array.isArray(template)) return template;
  const all = template as readonly { readonly name?: unknown; readonly template?: unknown }[];
  return all.find((each) => each?.name === 'default')?.template ?? template;
}

/** A token stands there as its text, or with how it is looked for. */
function textOf(token: unknown): string | undefined {
  const text: unknown = typeof token === 'object' ? (token as { readonly content?: unknown } | null)?.content : token;
  return typeof text === 'string' ? text : undefined;
}

async function fromGguf(storage: Storage, path: string, op: string): Promise<Found> {
  const { metadata } = await ggufFile(storage, path, op);
  const all = metadata['tokenizer.ggml.tokens'] as readonly string[] | undefined;
  const token = (name: string): string => textOf(all?.[Number(metadata[`tokenizer.ggml.${name}_token_id`])]) ?? '';
  return {
    source: metadata['tokenizer.chat_template'],
    tokens: {
      bosToken: token('bos'),
      eosToken: token('eos'),
      padToken: token('padding'),
      unkToken: token('unknown'),
    },
  };
}
