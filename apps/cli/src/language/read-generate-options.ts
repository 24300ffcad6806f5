import { readFile, stat } from 'node:fs/promises';
import { DataError } from '@gai/core';
import { checkTextOptions, textOptionNames } from '@gai/transformer/text';
import type { TextGenerateOptions } from '@gai/transformer/text';
import { didYouMean } from '../suggest.ts';
import { plain } from '../terminal/plain.ts';
import { camelCase } from './names.ts';

/** Bytes of the largest file: it may forbid many words. */
const MOST = 4 << 20;

/** What only a program can pass. */
const OTHERS = new Set(['signal', 'stopWhen']);
const NAMES = textOptionNames.filter((name) => !OTHERS.has(name));

/**
 * Reads how to generate from a file of JSON: names as programs write them (`maxNewTokens`) or as Hugging Face does (`max_new_tokens`).
 * @throws {@link DataError} for what is no such file, and for options that there are not or that do not fit.
 */
export async function readGenerateOptions(path: string): Promise<TextGenerateOptions> {
  const options: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(await readObject(path))) {
    const name = written === 'stop_strings' ? 'stop' : camelCase(written);
    if (!NAMES.includes(name)) throw unknown(path, written);
    if (Object.hasOwn(options, name))
      throw refused('an option is there twice', `${plain(written)} again`, 'it once', path);
    // In files of Hugging Face null is an option that nobody has set, and one text need be no list.
    if (value !== null) options[name] = name === 'stop' && typeof value === 'string' ? [value] : value;
    else if (name === 'eosTokenId') options[name] = null;
  }
  checkTextOptions(`generate: '${path}'`, options);
  return options;
}

async function readObject(path: string): Promise<object> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw refused('there is no such file', 'none', 'a file of JSON', path);
  if (found.size > MOST) throw refused('the file is too large', `${found.size} bytes`, `at most ${MOST}`, path);
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw refused('the file is no JSON', plain((cause as Error).message), 'an object of options', path);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refused('there are no options', Array.isArray(value) ? 'a list' : `${typeof value}`, 'an object', path);
}

function unknown(path: string, name: string): DataError {
  const known = NAMES.join(', ');
  return new DataError(
    `generate: there is no such option. Got '${plain(name.slice(0, 80))}' in '${path}'; expected some of ${known}. ` +
      `${didYouMean(camelCase(name), NAMES)}Correct the name.`,
    { op: 'generate', details: { option: name } },
  );
}

// oxlint-disable-next-line max-params -- one sentence.
const refused = (what: string, got: string, expected: string, path: string): DataError =>
  new DataError(`generate: ${what}. Got ${got} in '${path}'; expected ${expected}. Correct the file of --options.`, {
    op: 'generate',
  });
