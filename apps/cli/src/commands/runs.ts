import { Command } from 'commander';
import { load } from '../load.ts';
import { jsonOption, verboseOption } from '../options.ts';
import type { PlotOptions } from '../runs/plot.ts';
import type { Streams } from '../streams.ts';

const HELP = `
A run is a folder with log.csv or log.jsonl (csvSink, jsonlSink), a checkpoint (last.safetensors) or run.json: what fit with callbacks,
gai train and gai rl train write. Of checkpoints only the head is read.

Examples
  $ gai runs list
  $ gai runs show runs/digits
  $ gai runs diff runs/ppo-CartPole-v1 runs/a2c-CartPole-v1
  $ gai runs plot runs/ppo-CartPole-v1 runs/a2c-CartPole-v1 --name rollout/ep_rew_mean
`;

/** Options of every command here. */
interface RunsOptions {
  readonly json?: boolean;
}

/** `gai runs`. */
export function runsCommand(streams: Streams): Command {
  const runs = new Command('runs')
    .description('Look at training runs: list, show, compare and plot them.')
    .addHelpText('after', HELP);
  const sub = (name: string, description: string): Command =>
    runs.command(name).description(description).addOption(jsonOption()).addOption(verboseOption());
  sub('list', 'List the runs of a folder, the newest first.')
    .argument('[folder]', 'where to look, four folders deep', 'runs')
    .action(async (folder: string, options: RunsOptions) => {
      const { listRuns } = await load(() => import('../runs/list.ts'), 'runs');
      await listRuns(folder, options, streams);
    });
  sub('show', 'Show what a run was begun with, and its numbers.')
    .argument('<run>', 'its folder')
    .action(async (folder: string, options: RunsOptions) => {
      const { showRun } = await load(() => import('../runs/show.ts'), 'runs');
      await showRun(folder, options, streams);
    });
  sub('diff', 'Show in what two runs differ: settings and last numbers.')
    .argument('<run>', 'the folder of one')
    .argument('<other>', 'the folder of another')
    .action(async (run: string, other: string, options: RunsOptions) => {
      const { diffRuns } = await load(() => import('../runs/diff.ts'), 'runs');
      await diffRuns([run, other], options, streams);
    });
  sub('plot', 'Draw a number of one or several runs over their course.')
    .argument('<runs...>', 'their folders')
    .option('--name <name>', 'which number (default: the first that tells most, such as validationLoss)')
    .option('--svg <file>', 'also draw it into an SVG file')
    .action(async (folders: string[], options: PlotOptions) => {
      const { plotRuns } = await load(() => import('../runs/plot.ts'), 'runs');
      await plotRuns(folders, options, streams);
    });
  return runs;
}
