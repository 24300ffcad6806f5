import type { Streams } from '../streams.ts';
import { Command, Option } from 'commander';
import { DIGITS_MODELS } from '../digits/setup.ts';
import { trainDigits } from '../digits/train-digits.ts';
import type { TrainDigitsOptions } from '../digits/train-digits.ts';
import { deviceOption, jsonOption, threadsOption, verboseOption, wholeNumber } from '../options.ts';

const HELP = `
Writes to the output folder
  model.safetensors   the weights, under PyTorch's names
  model.onnx          the model for any ONNX Runtime
  last.safetensors    the checkpoint that --resume goes on from

Examples
  $ gai train digits
  $ gai train digits --model resnet20 --epochs 3 --out runs/resnet
  $ gai train digits --resume                go on where the last run stopped
`;

/** `gai train`. */
export function trainCommand(streams: Streams): Command {
  const train = new Command('train').description('Train a model on real data.');
  train
    .command('digits')
    .description('Train a network to read handwritten digits (10,000 real ones; about a minute).')
    .addOption(new Option('--model <name>', 'the network').choices(DIGITS_MODELS).default('lenet'))
    .addOption(new Option('--epochs <count>', 'passes over the data (default: by model)').argParser(wholeNumber(1)))
    .addOption(
      new Option('--seed <number>', 'fixes weights, order and augmentation').argParser(wholeNumber(0)).default(0),
    )
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--out <folder>', 'where the results go', 'runs/digits')
    .option('--data-dir <folder>', 'an IDX folder (MNIST, Fashion-MNIST) instead of the digits that come along')
    .option('--no-augment', 'train on the pictures as they are')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (options: TrainDigitsOptions) => {
      await trainDigits(options, streams);
    });
  return train;
}
