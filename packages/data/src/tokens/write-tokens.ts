import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { WholeFile } from '../files/whole-file.ts';
import { checkIds, checkVocabulary } from './check-ids.ts';
import { noTokens } from './token-array.ts';
import { HEADER_BYTES, startsAt, writeHeader } from './token-header.ts';

/** Settings of {@link writeTokens}. */
export interface WriteTokensOptions {
  /** Tokens that there are: ids are below it. Up to 65,536 an id takes two bytes, else four. */
  readonly vocabSize: number;
  /** A token that is set in front of each document. Default: none. */
  readonly separator?: number | undefined;
  /** SHA-256 of the tokenizer in 64 hexadecimal digits, so that a reader can tell whose ids these are. Default: none. */
  readonly tokenizer?: string | undefined;
}

/** What {@link writeTokens} has written. */
export interface WrittenTokens {
  readonly tokens: number;
  readonly documents: number;
}

const OP = 'writeTokens';
/** Ids that are written at once. */
const CHUNK = 1 << 18;

/**
 * Writes the token ids of documents to a file, one document after the other, so that a corpus may be larger than memory: only where the
 * documents begin is kept. The file appears under its name when it is whole.
 * @param path - The file; one that exists is replaced. Missing folders are made.
 * @param documents - The ids of each document, for example of an async generator that reads and encodes.
 * @param options.vocabSize - Ids are below it.
 * @param options.separator - A token that is set in front of each document. Default: none.
 * @param options.tokenizer - SHA-256 of the tokenizer, 64 hexadecimal digits. Default: none.
 * @throws {@link ArgumentError} for an option out of range, {@link DataError} if something is no id, there is none, or the file cannot be
 *   written; one that was there stays.
 * @example
 * import { tmpdir } from 'node:os';
 * const path = `${tmpdir()}/gai-write-tokens.tokens`;
 * const written = await writeTokens(path, [[5, 6], [7]], { vocabSize: 8, separator: 0 });
 * written; // => { tokens: 5, documents: 2 }
 * @category Tokens
 */
export async function writeTokens(
  path: string,
  documents: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  options: WriteTokensOptions,
): Promise<WrittenTokens> {
  checkOptionNames(OP, options, ['vocabSize', 'separator', 'tokenizer']);
  const { vocabSize, separator, tokenizer } = options;
  checkVocabulary(OP, vocabSize, separator);
  const isHash = tokenizer === undefined || /^[0-9a-f]{64}$/.test(tokenizer);
  checkArgument(isHash, tokenizer, { op: OP, name: 'tokenizer', rule: '64 hexadecimal digits' });
  const file = new WholeFile(OP, path);
  try {
    await file.open();
    const written = await writeAll(file, documents, options);
    await file.finish();
    return written;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function writeAll(
  file: WholeFile,
  documents: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  { vocabSize, separator, tokenizer }: WriteTokensOptions,
): Promise<WrittenTokens> {
  const width = vocabSize <= 2 ** 16 ? 2 : 4;
  const stream = new IdStream(file, width);
  const starts = [0];
  for await (const ids of documents) {
    checkIds(OP, ids, { document: starts.length - 1, vocabSize });
    if (separator !== undefined) await stream.write([separator]);
    await stream.write(ids);
    starts.push(stream.tokens);
  }
  await stream.flush();
  const { tokens } = stream;
  const count = starts.length - 1;
  if (tokens === 0) throw noTokens(OP, count);
  const table = new DataView(new ArrayBuffer(8 * starts.length));
  for (const [index, start] of starts.entries()) table.setBigUint64(8 * index, BigInt(start), true);
  await file.write(new Uint8Array(table.buffer), startsAt(tokens, width));
  const header = { width, tokens, documents: count, vocabSize, separator, tokenizer } as const;
  await file.write(writeHeader(header), 0);
  return { tokens, documents: count };
}

/** Gathers ids and writes them in large pieces. */
class IdStream {
  tokens = 0;
  readonly #file: WholeFile;
  readonly #width: 2 | 4;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #held = 0;

  constructor(file: WholeFile, width: 2 | 4) {
    this.#file = file;
    this.#width = width;
    this.#bytes = new Uint8Array(CHUNK * width);
    this.#view = new DataView(this.#bytes.buffer);
  }

  async write(ids: ArrayLike<number>): Promise<void> {
    for (let index = 0; index < ids.length; index++) {
      if (this.#held === CHUNK) await this.flush();
      if (this.#width === 2) this.#view.setUint16(2 * this.#held, ids[index]!, true);
      else this.#view.setUint32(4 * this.#held, ids[index]!, true);
      this.#held += 1;
      this.tokens += 1;
    }
  }

  async flush(): Promise<void> {
    const at = HEADER_BYTES + (this.tokens - this.#held) * this.#width;
    await this.#file.write(this.#bytes.subarray(0, this.#held * this.#width), at);
    this.#held = 0;
  }
}
