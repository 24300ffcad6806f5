import { Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import type { GeneratePrompt, GenerateTextOptions } from '../language/generate-text.ts';
import {
  MODEL_ARGUMENT,
  deviceOption,
  ignoreFieldsOption,
  jsonOption,
  numberFrom,
  threadsOption,
  verboseOption,
  wholeNumber,
} from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const HELP = `
A prompt is gone on with as it is; --chat is put into the model's template, as what a user says. --ids are token ids, for which no
tokenizer is needed. The best token is taken each time, unless --temperature, --top-k or --top-p are given or the
model's generation_config.json says that tokens are drawn. Ctrl-C ends it with what there is (exit code 130).

--options is a file of JSON with any option of generate, under our names or Hugging Face's: {"max_new_tokens": 60,
"repetition_penalty": 1.1, "no_repeat_ngram_size": 3, "stop": ["\\n\\n"]}. What is typed goes before it; what cannot be honoured is refused.

With --json the last line is {"ids":[new tokens],"text":…,"tokensPerSecond":…,"finishReason":…,"promptTokens":…}, and the seed
where tokens were drawn. The first token counts for the speed only where it is alone: before it the prompt is read.

Examples
  $ gai generate smollm2 "The capital of France is" --max-new-tokens 20
  $ gai generate smollm2 --chat "Tell me a story." --temperature 0.8 --top-p 0.9 --seed 7
  $ gai generate models/gpt2 --ids 464,3797 --options options.json --json
`;

/** What is gone on with. */
interface PromptOptions {
  readonly ids?: readonly number[];
  readonly chat?: string;
  readonly system?: string;
}

/** `gai generate`. */
export function generateCommand(streams: Streams): Command {
  return new Command('generate')
    .description('Let a language model write: go on with a text, or answer.')
    .argument('<model>', MODEL_ARGUMENT)
    .argument('[prompt]', 'the text to go on with')
    .addOption(new Option('--ids <ids>', 'token ids to go on with, with commas').argParser(tokenIds))
    .option('--chat <message>', 'what a user says, to be answered')
    .option('--system <text>', 'with --chat: instructions before it')
    .option('--options <file>', 'how to generate, as JSON')
    .option('--max-new-tokens <count>', 'most tokens to write (default: as the model says, else 256)', wholeNumber(1))
    .option(
      '--temperature <number>',
      'draw tokens, below 1 with more, above with less care; 0: the best',
      numberFrom(0),
    )
    .option('--top-k <count>', 'draw from so many best tokens; 0: from all', wholeNumber(0))
    .option(
      '--top-p <part>',
      'draw from the best tokens that make up this part',
      numberFrom(0, { most: 1, above: true }),
    )
    .option('--seed <number>', 'draw the same tokens again', wholeNumber(0))
    .addOption(
      new Option('--stop <text>', 'end before this text; may be given several times').argParser(gathered).default([]),
    )
    .addOption(ignoreFieldsOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (model: string, prompt: string | undefined, options: GenerateTextOptions & PromptOptions) =>
      (await load(() => import('../language/generate-text.ts'), 'language')).generateText(
        model,
        promptOf(prompt, options),
        options,
        streams,
      ),
    );
}

function promptOf(text: string | undefined, { ids, chat, system }: PromptOptions): GeneratePrompt {
  const given = [text, ids, chat].filter((one) => one !== undefined);
  if (given.length !== 1) {
    const what = given.length === 0 ? 'there is no prompt' : 'there are several prompts';
    throw new UsageError(`${what}. Give a text after the model, or --chat, or --ids: one of them.`);
  }
  if (system !== undefined && chat === undefined)
    throw new UsageError('--system goes before what --chat says. Add --chat.');
  if (chat === undefined) return text ?? ids!;
  const instructions = system === undefined ? [] : [{ role: 'system' as const, content: system }];
  return [...instructions, { role: 'user' as const, content: chat }];
}

function gathered(text: string, before: readonly string[]): string[] {
  if (text === '') throw new InvalidArgumentError("Got ''; expected a text of at least one character.");
  return [...before, text];
}

function tokenIds(text: string): number[] {
  const ids = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : NaN));
  if (ids.every(Number.isSafeInteger)) return ids;
  throw new InvalidArgumentError(`Got '${text.slice(0, 60)}'; expected token ids with commas, such as 1,2,3.`);
}
