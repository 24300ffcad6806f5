import { InvalidArgumentError, Option } from 'commander';

/** What the first argument of commands on models is. */
export const MODEL_ARGUMENT = 'the folder of a model, a .gguf file, or a name of gai models list';

/** Parses a whole number of at least `least`. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Got '${text}'; expected a whole number of ${least} or more.`);
  };

/** Parses a number from `least` to `most`, or above `least`. */
export const numberFrom =
  (least: number, { most = Infinity, above = false }: { readonly most?: number; readonly above?: boolean } = {}) =>
  (text: string): number => {
    const value = Number(text);
    const fits = above ? value > least : value >= least;
    if (text.trim() !== '' && Number.isFinite(value) && fits && value <= most) return value;
    const [from, to] = [
      above ? `above ${least}` : `of at least ${least}`,
      most < Infinity ? ` and at most ${most}` : '',
    ];
    throw new InvalidArgumentError(`Got '${text}'; expected a number ${from}${to}.`);
  };

/** `--device`: what runs graphs. */
export const deviceOption = (): Option =>
  new Option('--device <name>', 'what runs the model').choices(DEVICES).default('auto');

/** What `--device` may name. */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'];

/** `--threads`: CPU threads. */
export const threadsOption = (): Option =>
  new Option('--threads <count>', 'CPU threads (default: one per physical core)').argParser(wholeNumber(1));

/** `--json`: a last line for machines. */
export const jsonOption = (): Option => new Option('--json', 'print the result as one line of JSON at the end');

/** `--ignore-fields`: as the loaders of models have it. */
export const ignoreFieldsOption = (): Option =>
  new Option(
    '--ignore-fields <names>',
    'fields of config.json, with commas, that have no effect though they are not known',
  ).argParser((text) => text.split(',').map((name) => name.trim()));

/** `--verbose`: stacks of errors. */
export const verboseOption = (): Option => new Option('--verbose', 'show the stack of an error');
