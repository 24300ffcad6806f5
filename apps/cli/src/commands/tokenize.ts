import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { verboseOption } from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';
import type { TokenizeOptions } from '../tokenize/tokenize-texts.ts';

const HELP = `
The model is a folder (tokenizer.json, vocab.txt, vocab.json and merges.txt, spiece.model or tokenizer.model), one of these
files, a .gguf file, ranks of tiktoken (cl100k_base.tiktoken), or the name of a model that gai models fetch has fetched. Without a text, each line of the input is one.

With --json a line per text: {"ids":[…],"tokens":[…]}, and with --offsets "offsets":[[start,end],…] as well, in UTF-16 units
of the text; [0,0] for tokens that were added.

Examples
  $ gai tokenize models/all-MiniLM-L6-v2 "A cat sat."
  $ gai tokenize smollm2 --offsets "A cat sat." "Two texts."
  $ gai tokenize tokenizer.json --offsets --json < lines.txt
`;

/** `gai tokenize`. */
export function tokenizeCommand(streams: Streams): Command {
  return new Command('tokenize')
    .description('Say which tokens a text becomes, and where each comes from.')
    .argument('<model>', 'a folder, a tokenizer.json, a .gguf file, or a name of gai models list')
    .argument('[texts...]', 'what to tokenize (default: the lines of the input)')
    .option('--offsets', 'say where each token stands in the text')
    .option('--no-special-tokens', 'leave out what the model adds, such as [CLS]')
    .option('--as-text', 'treat special tokens that stand in a text as text')
    .option('--encoding <name>', 'what a .tiktoken file belongs to (default: what its name says)')
    .option('--json', 'print a line of JSON per text')
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (model: string, texts: string[], options: TokenizeOptions) => {
      if (texts.length === 0 && process.stdin.isTTY) {
        throw new UsageError('there is no text. Give one after the model, or send lines to the input.');
      }
      await (
        await load(() => import('../tokenize/tokenize-texts.ts'), 'tokenize')
      ).tokenizeTexts(model, texts, { ...options, input: process.stdin }, streams);
    });
}
