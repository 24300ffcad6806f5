import { Command, InvalidArgumentError, Option } from 'commander';
import type { EstimateOptions } from '../language/estimate-model.ts';
import { PRESETS } from '../language/presets.ts';
import { deviceOption, ignoreFieldsOption, jsonOption, threadsOption, verboseOption, wholeNumber } from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const HELP = `
Parameters are those of the model itself, made without memory for its weights. Operations are two for each number of a matrix that
a token is multiplied with, and four for each feature and token attended to, all tokens of the text; training takes three times as
many. Times are these operations at the speed of this machine, which a large product of matrices is measured for: real runs are
slower, and a single token is bound by reading the weights.

Examples
  $ gai estimate models/bert/config.json
  $ gai estimate smollm2
  $ gai estimate --preset gpt-3
  $ gai estimate config.json --context 512 --tokens 1000000000 --json
`;

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`Got '${text}'; expected a number above 0.`);
}

/** `gai estimate`. */
export function estimateCommand(streams: Streams): Command {
  return new Command('estimate')
    .description('Say what a model takes to hold, run and train, without making it.')
    .argument('[config]', 'a config.json or a .gguf file, the folder it is in, or a name of gai models list')
    .addOption(new Option('--preset <name>', 'a model of the literature').choices(PRESETS.map(({ name }) => name)))
    .option('--architecture <class>', 'another class than config.json names, such as BertModel')
    .option('--context <tokens>', 'length of the texts (default: the longest there can be)', wholeNumber(1))
    .option('--tokens <count>', 'tokens of an epoch (default: as published, or a million)', wholeNumber(1))
    .option('--speed <gflops>', 'billions of operations per second, instead of measuring them here', positive)
    .addOption(ignoreFieldsOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (config: string | undefined, options: EstimateOptions) =>
      (await load(() => import('../language/estimate-model.ts'), 'language')).estimateModel(config, options, streams),
    );
}
