import { Argument, Command } from 'commander';
import { CHAPTERS } from '../demo/chapters.ts';
import { DEMO_FOLDER, playChapter, playTour } from '../demo/tour.ts';
import type { TourOptions } from '../demo/tour.ts';
import { deviceOption, jsonOption, verboseOption } from '../options.ts';
import type { Streams } from '../streams.ts';

const HELP = `
Chapters
${CHAPTERS.map(({ name, title }) => `  ${name.padEnd(10)}${title}`).join('\n')}

On two cores ski and cliff take seconds, ppo about twenty, digits and gpt a minute each, all of them less than three; on a busy
machine it is more. Those whose packages are not installed are passed over. Only digits and gpt heed --device.

Examples
  $ gai demo              all chapters, one after the other
  $ gai demo ski          one of them
`;

/** `gai demo`: the tour. */
export function demoCommand(streams: Streams): Command {
  return new Command('demo')
    .description('A tour of what works: decisions solved and learned, networks that learn to balance, read and write.')
    .addArgument(new Argument('[chapter]', 'one of them').choices(CHAPTERS.map(({ name }) => name)))
    .option('--out <folder>', 'where the results go, a folder for each chapter', DEMO_FOLDER)
    .addOption(deviceOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action((name: string | undefined, options: TourOptions) => {
      const chapter = CHAPTERS.find((one) => one.name === name);
      return chapter === undefined ? playTour(options, streams) : playChapter(chapter, options, streams);
    });
}
