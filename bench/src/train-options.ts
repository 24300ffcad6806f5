import { parseArgs } from 'node:util';
import { peerNames } from './contenders/index.ts';
import type { Clock } from './interleave.ts';
import { models } from './models/index.ts';
import type { BenchModel } from './models/model.ts';
import { UsageError, parseCount } from './usage.ts';

/** What `pnpm bench train` does. */
export interface TrainSettings {
  readonly models: readonly BenchModel[];
  /** Names of peers. */
  readonly contenders: readonly string[];
  /** Undefined: one, and as many as the backend takes by itself. */
  readonly threads: number | undefined;
  readonly rounds: number;
  readonly clock: Clock;
  readonly json: boolean;
  /** In Chromium, not in Node. */
  readonly browser: boolean;
}

export const TRAIN_USAGE = `pnpm bench train [options]: our train step beside those of others, in one run

  --json               the last line is {"rows":[…]}
  --browser            in headless Chromium: our wasm backend beside the peers' there
  --models <names>     ${models.map(({ name }) => name).join(',')}
  --contenders <names> ${peerNames.join(',')}; 'none': ours alone
  --threads <n>        only this many; one and the default without it
  --clock <name>       wall | cpu (processor time, for a busy machine; with --threads 1). Default wall
  --rounds <n>         blocks timed of each contender, fewer of slow ones. Default 15`;

export function parseTrain(args: string[]): TrainSettings {
  const text = { type: 'string' } as const;
  const options = {
    json: { type: 'boolean' },
    browser: { type: 'boolean' },
    models: text,
    contenders: text,
    threads: text,
    clock: text,
    rounds: text,
  } as const;
  const { values } = parseArgs({ args, options });
  const clock = values.clock ?? 'wall';
  if (clock !== 'wall' && clock !== 'cpu') throw new UsageError(`train: there is no clock '${clock}'.`);
  if (clock === 'cpu' && values.threads !== '1')
    throw new UsageError('train: --clock cpu adds up threads; use --threads 1.');
  if (clock === 'cpu' && values.browser === true) throw new UsageError('train: a page has no --clock cpu.');
  const modelNames = models.map(({ name }) => name);
  const browser = values.browser ?? false;
  const chosen = parseNames('model', values.models ?? (browser ? 'mlp,gpt' : undefined), modelNames);
  return {
    models: models.filter(({ name }) => chosen.includes(name)),
    contenders: values.contenders === 'none' ? [] : parseNames('contender', values.contenders, peerNames),
    threads: values.threads === undefined ? undefined : parseCount('train', 'threads', values.threads),
    rounds: parseCount('train', 'rounds', values.rounds ?? '15'),
    clock,
    json: values.json ?? false,
    browser,
  };
}

/** Names between commas; all without any. */
function parseNames(what: string, text: string | undefined, known: readonly string[]): readonly string[] {
  if (text === undefined) return known;
  const chosen = text.split(',');
  const wrong = chosen.find((name) => !known.includes(name));
  if (wrong === undefined) return chosen;
  throw new UsageError(`train: there is no ${what} '${wrong}'. Choose from ${known.join(', ')}.`);
}
