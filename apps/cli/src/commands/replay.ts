import { Command, Option } from 'commander';
import { load } from '../load.ts';
import { DEVICES, jsonOption, threadsOption, verboseOption, wholeNumber } from '../options.ts';
import type { ReplayRunOptions } from '../replay/replay-run.ts';
import type { Streams } from '../streams.ts';

const HELP = `
The step is made again bit for bit, from the latest checkpoint before it, or from the beginning where there is none, with every op checked:
the first one that gives a NaN or an infinity that reaches the loss, a gradient or a new weight is named, with its line. Nothing is
written. A run of gai train gpt that was given a time and no --steps knows no past learning rates: of it the step behind the
checkpoint is made.

Examples
  $ gai replay runs/digits --step 141
  $ gai replay runs/gpt --step 201 --threads 2      the threads that the run had
`;

/** `gai replay`. */
export function replayCommand(streams: Streams): Command {
  return new Command('replay')
    .description('Make a step of a run again, and find the first number that is not finite.')
    .argument('<run>', 'the folder of a run of gai train')
    .addOption(
      new Option('--step <number>', 'the step, counted from 1').argParser(wholeNumber(1)).makeOptionMandatory(),
    )
    .addOption(
      new Option('--device <name>', "what runs the model (default: the run's, as far as it is known)").choices(DEVICES),
    )
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (folder: string, options: ReplayRunOptions) => {
      const { replayRun } = await load(() => import('../replay/replay-run.ts'), 'info');
      await replayRun(folder, options, streams);
    });
}
