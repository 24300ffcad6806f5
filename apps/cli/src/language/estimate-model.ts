import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core';
import { readConfigJson } from '@gai/transformer';
import type { ConfigJson } from '@gai/transformer';
import { UsageError } from '../errors.ts';
import { findModel } from '../models/find-model.ts';
import type { Streams } from '../streams.ts';
import { countModel } from './count-model.ts';
import { estimateText } from './estimate-text.ts';
import type { Estimate } from './estimate-text.ts';
import { measureSpeed } from './measure-speed.ts';
import { PRESETS } from './presets.ts';
import type { Preset } from './presets.ts';
import type { BackendOptions } from '../with-backend.ts';

/** Options of `gai estimate`. */
export interface EstimateOptions extends BackendOptions {
  readonly preset?: string;
  readonly architecture?: string;
  readonly ignoreFields?: readonly string[];
  readonly context?: number;
  readonly tokens?: number;
  /** Billions of operations per second, in place of a measurement. */
  readonly speed?: number;
  readonly json?: boolean;
}

/** Texts of a model whose positions have no end. */
const CONTEXT = 512;
/** An epoch where nobody says how long one is. */
const TOKENS = 1e6;
const MOST_BYTES = 16 << 20;
const LAYERS = ['num_hidden_layers', 'n_layer', 'num_layers', 'num_decoder_layers'];
const WIDTHS = [
  'hidden_size',
  'intermediate_size',
  'n_embd',
  'n_inner',
  'd_model',
  'd_ff',
  'head_dim',
  'num_attention_heads',
];
/**
 * Larger than any model by far. Matrices take no memory while they are counted, but there is an object for each layer, and its biases
 * and norms are there.
 */
const MOST_LAYERS = 10_000;
const MOST_WIDTH_OF_LAYERS = 2e7;
const MOST_WORDS = 1e8;

/** Says what a configuration takes to hold, run and train. */
export async function estimateModel(
  given: string | undefined,
  options: EstimateOptions,
  { stdout }: Streams,
): Promise<void> {
  if ((given === undefined) === (options.preset === undefined)) {
    throw new UsageError('one model is needed: a config.json, the model itself, or --preset.');
  }
  if (options.preset !== undefined && options.ignoreFields !== undefined) {
    throw new UsageError(
      '--ignore-fields is for configurations that are read; those of --preset have no fields to ignore.',
    );
  }
  const preset = PRESETS.find(({ name }) => name === options.preset);
  const json = preset === undefined ? await readConfigOf(given!, options.ignoreFields) : preset.config;
  const result = json === null ? undisclosed(preset!) : await estimateOf(json, preset, options);
  stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : estimateText(result));
}

async function estimateOf(json: ConfigJson, preset: Preset | undefined, options: EstimateOptions): Promise<Estimate> {
  checkSizes(json);
  const { architecture, parameters, longest, flops } = countModel(json, options.architecture);
  const context = options.context ?? longest ?? CONTEXT;
  if (longest !== null && context > longest) {
    throw new UsageError(
      `texts of the model have at most ${longest} tokens. Choose a --context of ${longest} or less.`,
    );
  }
  const forward = flops(context);
  const speed = options.speed === undefined ? await measureSpeed(options) : options.speed * 1e9;
  const tokens = options.tokens ?? preset?.tokens ?? TOKENS;
  const [token, trainedToken] = [forward / speed, (3 * forward) / speed];
  return {
    preset: preset?.name ?? null,
    published: preset?.published ?? null,
    architecture,
    parameters,
    // Weights; with Adam gradients and two moments as well.
    bytes: { float32: 4 * parameters, float16: 2 * parameters, adam: 16 * parameters },
    // The way back takes two products for each one of the way there.
    flopsPerToken: { run: forward, train: 3 * forward, context },
    machine: { flopsPerSecond: speed, measured: options.speed === undefined },
    seconds: {
      perToken: token,
      perTrainedToken: trainedToken,
      perEpoch: trainedToken * tokens,
      tokensPerEpoch: tokens,
    },
    notDisclosed: preset?.notDisclosed ?? [],
  };
}

const undisclosed = ({ name, published, notDisclosed }: Preset): Estimate => ({
  preset: name,
  published,
  architecture: null,
  parameters: null,
  bytes: null,
  flopsPerToken: null,
  machine: null,
  seconds: null,
  notDisclosed,
});

/** The configuration of a file, a folder or a model of the cache, without the fields that do not matter. */
async function readConfigOf(given: string, ignoreFields: readonly string[] = []): Promise<ConfigJson> {
  const { path } = await findModel('estimate', given);
  const json = path.endsWith('.gguf')
    ? await readConfigJson(path, { storage: fileStorage })
    : await readConfigFile(path);
  return Object.fromEntries(Object.entries(json).filter(([name]) => !ignoreFields.includes(name)));
}

async function readConfigFile(path: string): Promise<ConfigJson> {
  const isFolder = (await stat(path)).isDirectory();
  const file = isFolder ? join(path, 'config.json') : path;
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw unreadable('there is no configuration', `'${file}'`);
  if (found.size > MOST_BYTES) throw unreadable('the file is too large', `${found.size} bytes in '${file}'`);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unreadable('the file is no JSON', `'${file}'`);
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as ConfigJson;
  throw unreadable('the file holds no object', `'${file}'`);
}

function checkSizes(json: ConfigJson): void {
  const largest = (names: readonly string[]): number =>
    Math.max(1, ...names.map((name) => Number(json[name] ?? 1) || 1));
  const [layers, width, words] = [largest(LAYERS), largest(WIDTHS), largest(['vocab_size'])];
  if (layers > MOST_LAYERS) throw tooLarge(`${layers} layers`, `at most ${MOST_LAYERS}`);
  if (words > MOST_WORDS) throw tooLarge(`a vocabulary of ${words}`, `at most ${MOST_WORDS}`);
  if (layers * width <= MOST_WIDTH_OF_LAYERS) return;
  throw tooLarge(`${layers} layers of ${width} features`, `at most ${MOST_WIDTH_OF_LAYERS} features in all layers`);
}

const unreadable = (what: string, got: string): DataError =>
  new DataError(`estimate: ${what}. Got ${got}; expected the config.json of a model. Check the path.`, {
    op: 'estimate',
  });

const tooLarge = (got: string, expected: string): DataError =>
  new DataError(`estimate: the model is too large. Got ${got}; expected ${expected}. Correct the configuration.`, {
    op: 'estimate',
  });
