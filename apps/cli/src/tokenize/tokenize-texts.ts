import type { Encoding, Tokenizer } from '@gai/tokenizers';
import { findModel } from '../models/find-model.ts';
import type { Streams } from '../streams.ts';
import { counted } from '../terminal/counted.ts';
import { linesOf } from '../terminal/lines.ts';
import { plain } from '../terminal/plain.ts';
import { styleFor } from '../terminal/style.ts';
import { openTokenizer } from './open-tokenizer.ts';

/** Options of `gai tokenize`. */
export interface TokenizeOptions {
  readonly offsets?: boolean;
  readonly json?: boolean;
  /** False with `--no-special-tokens`. */
  readonly specialTokens: boolean;
  readonly asText?: boolean;
  readonly encoding?: string;
}

/** Says which tokens texts become; without texts, of each line that comes in. */
export async function tokenizeTexts(
  model: string,
  texts: readonly string[],
  options: TokenizeOptions & { readonly input: NodeJS.ReadableStream },
  streams: Streams,
): Promise<void> {
  const { path } = await findModel('tokenize', model);
  const tokenizer = await openTokenizer(path, options);
  const lines = texts.length > 0 ? texts : linesOf(options.input, streams.stdout);
  for await (const text of lines) streams.stdout.write(describe(tokenizer, text, options, streams));
}

function describe(tokenizer: Tokenizer, text: string, options: TokenizeOptions, { stdout }: Streams): string {
  const encoding = tokenizer.encode(text, {
    addSpecialTokens: options.specialTokens,
    splitSpecialTokens: options.asText === true,
    truncation: null,
    padding: null,
  });
  if (options.json === true) return `${JSON.stringify(asJson(encoding, options))}\n`;
  const style = styleFor(stdout);
  const { ids, tokens, offsets } = encoding;
  const rows = tokens.map((token, index) => {
    const [start, end] = offsets[index]!;
    const place = `${start}-${end}`.padStart(10);
    const where = options.offsets === true ? `${place}  ${plain(JSON.stringify(text.slice(start, end)))}` : '';
    return `${String(ids[index]).padStart(8)}  ${plain(JSON.stringify(token)).padEnd(options.offsets === true ? 20 : 0)}${style.dim(where)}\n`;
  });
  return `${style.bold(counted(ids.length, 'token'))}\n${rows.join('')}`;
}

function asJson({ ids, tokens, offsets }: Encoding, options: TokenizeOptions): object {
  return options.offsets === true ? { ids, tokens, offsets } : { ids, tokens };
}
