import { Command } from 'commander';
import type { InspectAttentionOptions } from '../language/inspect-attention.ts';
import {
  MODEL_ARGUMENT,
  deviceOption,
  ignoreFieldsOption,
  jsonOption,
  threadsOption,
  verboseOption,
  wholeNumber,
} from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const HELP = `
A row for each token, a column for each token it may look at: the darker, the larger the weight; a row adds up to 1. Layers and heads
are counted from 0. Of an encoder-decoder it is the encoder.

Examples
  $ gai inspect attention models/bert "The cat sat on the mat." --layer 0
  $ gai inspect attention smollm2 "The cat sat." --layer 3 --head 1
  $ gai inspect attention models/bert "The cat sat." --json
`;

/** `gai inspect`. */
export function inspectCommand(streams: Streams): Command {
  const command = new Command('inspect').description('Look into a pretrained model.');
  command
    .command('attention')
    .description('Show which tokens each token of a sentence looks at, in every layer and head.')
    .argument('<model>', MODEL_ARGUMENT)
    .argument('<sentence>', 'a text')
    .option('--layer <index>', 'only this layer', wholeNumber(0))
    .option('--head <index>', 'only this head', wholeNumber(0))
    .addOption(ignoreFieldsOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (model: string, sentence: string, options: InspectAttentionOptions) =>
      (await load(() => import('../language/inspect-attention.ts'), 'tokenize')).inspectAttention(
        model,
        sentence,
        options,
        streams,
      ),
    );
  return command;
}
