import { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import type { EmbedTextsOptions } from '../language/embed-texts.ts';
import {
  MODEL_ARGUMENT,
  deviceOption,
  ignoreFieldsOption,
  threadsOption,
  verboseOption,
  wholeNumber,
} from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const HELP = `
The model is a folder of sentence-transformers, whose modules.json says how hidden states become one vector, or of a plain model,
whose hidden states are averaged, as are those of a .gguf file; or the name of a model that gai models fetch has fetched. Without a
text, each line of the input is one; the input may be of any length.

With --json a line per text: {"embedding":[…]}, with as many digits as a float32 has.

Examples
  $ gai embed minilm "A cat sat." "A kitten was sitting."
  $ gai embed models/all-MiniLM-L6-v2 --json < lines.txt > vectors.jsonl
  $ gai embed models/e5-small --purpose query --text "where do cats sit?" --json
`;

const gathered = (text: string, before: readonly string[]): string[] => [...before, text];

/** `gai embed`. */
export function embedCommand(streams: Streams): Command {
  return new Command('embed')
    .description('Turn texts into vectors that are near each other where the texts mean the same.')
    .argument('<model>', MODEL_ARGUMENT)
    .argument('[texts...]', 'what to embed (default: the lines of the input)')
    .addOption(new Option('--text <text>', 'one more text; may be given several times').argParser(gathered).default([]))
    .addOption(new Option('--purpose <what>', 'what the texts are, for models that tell apart').choices(PURPOSES))
    .option('--batch-size <count>', 'texts that are computed together', wholeNumber(1), 32)
    .option('--max-length <tokens>', 'cut texts to so many tokens (default: as the model says)', wholeNumber(1))
    .option('--json', 'print a line of JSON per text')
    .addOption(ignoreFieldsOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (model: string, texts: string[], options: EmbedTextsOptions & { readonly text: string[] }) => {
      const all = [...texts, ...options.text];
      if (all.length === 0 && process.stdin.isTTY) {
        throw new UsageError('there is no text. Give one after the model, or send lines to the input.');
      }
      await (
        await load(() => import('../language/embed-texts.ts'), 'language')
      ).embedTexts(model, all, { ...options, input: process.stdin }, streams);
    });
}

const PURPOSES = ['document', 'query'];
