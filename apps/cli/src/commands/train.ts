import { load } from '../load.ts';
import type { Streams } from '../streams.ts';
import { Command, Option } from 'commander';
import { DIGITS_MODELS } from '../digits/model-names.ts';
import { GPT_PRESETS } from '../gpt/presets.ts';
import type { TrainGptOptions } from '../gpt/train-gpt.ts';
import type { TrainDigitsOptions } from '../digits/train-digits.ts';
import { deviceOption, jsonOption, threadsOption, verboseOption, wholeNumber } from '../options.ts';

const HELP = `
Writes to the output folder
  model.safetensors   the weights, under PyTorch's names
  model.onnx          the model for any ONNX Runtime
  last.safetensors    the checkpoint that --resume goes on from
  run.json            what it was begun with, for gai runs and gai replay

Examples
  $ gai train digits
  $ gai train digits --model resnet20 --epochs 3 --out runs/resnet
  $ gai train digits --resume                go on where the last run stopped
`;

const GPT_HELP = `
Document i is held out if i mod 10 = 0. A file of a folder is a document, cut above 1,048,576 characters; a single file is cut into
about forty, or pieces of 16,384 characters at most. Symbolic links in a folder are passed over. What is foreseen of the documents held out
(2,097,152 characters at most) is compared, in nats per character, with 3-grams and 5-grams (Kneser-Ney) of the same training documents
(the first 33,554,432 characters). A folder that holds a run is refused, unless --resume goes on with it.

Writes to the output folder
  config.json, model.safetensors, tokenizer.json …   a model as Hugging Face has it: gai generate FOLDER "a text"
  last.safetensors, train.tokens, run.json           the checkpoint and what --resume needs besides

Examples
  $ gai train gpt                                    five minutes of the Brown corpus
  $ gai train gpt --text novels/ --preset long --out runs/novels
  $ gai train gpt --out runs/novels --resume         go on where the run stopped
  $ gai train gpt --preset quick --steps 200         the same weights every time, also by way of --resume
`;

/** `gai train`. */
export function trainCommand(streams: Streams): Command {
  const train = new Command('train').description('Train a model on real data.');
  train
    .command('digits')
    .description('Train a network to read handwritten digits (10,000 real ones).')
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
      await (await load(() => import('../digits/train-digits.ts'), 'digits')).trainDigits(options, streams);
    });
  train.addCommand(gptCommand(streams));
  return train;
}

function gptCommand(streams: Streams): Command {
  return new Command('gpt')
    .description('Train a language model on text, with a tokenizer of its own (five minutes).')
    .option('--text <path>', 'a file of text, or a folder of .txt and .md files (default: the Brown corpus)')
    .addOption(
      new Option(
        '--preset <name>',
        'size, and time in minutes: quick 1, standard 5, long 45 (default: standard)',
      ).choices(Object.keys(GPT_PRESETS)),
    )
    .addOption(new Option('--seed <number>', 'fixes weights and order (default: 0)').argParser(wholeNumber(0)))
    .addOption(
      new Option('--seconds <count>', "time of the whole run instead of the preset's").argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--steps <count>', 'steps instead of a time, for runs that can be repeated')
        .argParser(wholeNumber(1))
        .conflicts('seconds'),
    )
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--remat', 'compute each layer again on the way back: less memory, about a third more time')
    .option('--resume', 'go on from the checkpoint in the output folder, with the settings it was begun with')
    .option('--out <folder>', 'where the results go', 'runs/gpt')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', GPT_HELP)
    .action(async (options: TrainGptOptions) =>
      (await load(() => import('../gpt/train-gpt.ts'), 'gpt')).trainGpt(options, streams),
    );
}
