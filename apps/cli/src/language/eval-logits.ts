import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { DataError, isTensor, jit } from '@gai/core';
import type { Tensor } from '@gai/core';
import { saveSafetensors } from '@gai/core/io';
import { UsageError } from '../errors.ts';
import { findModelPath } from '../models/find-model.ts';
import type { Streams } from '../streams.ts';
import { whileReading } from '../terminal/progress.ts';
import { loadArchitecture } from './load-architecture.ts';
import type { ArchitectureOptions } from './load-architecture.ts';
import type { AnyModel } from './architectures.ts';
import { snakeCase } from './names.ts';
import { readModelInputs } from './read-model-inputs.ts';
import type { ModelInputs } from './read-model-inputs.ts';
import { withBackend } from '../with-backend.ts';
import type { BackendOptions } from '../with-backend.ts';

/** Options of `gai eval logits`. */
export interface EvalLogitsOptions extends BackendOptions, ArchitectureOptions {
  readonly inputs: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Runs a model on the tokens in a file. */
export async function evalLogits(given: string, options: EvalLogitsOptions, streams: Streams): Promise<void> {
  const path = await findModelPath('eval logits', given);
  await checkOut(path, options);
  const result = await withBackend(options, async () => {
    const model = await whileReading(streams.stderr, (onProgress) => loadArchitecture(path, options, onProgress));
    const outputs = await outputsOf(model, await readModelInputs(options.inputs, model.config));
    await saveSafetensors(fileStorage, options.out, outputs, new Map([['format', 'pt']]));
    const shapes = Object.entries(outputs).map(([name, { shape }]) => [name, shape.map(Number)] as const);
    return { architecture: model.constructor.name, shapes };
  });
  const { architecture, shapes } = result;
  if (options.json === true) {
    const outputs = Object.fromEntries(shapes);
    streams.stdout.write(`${JSON.stringify({ out: options.out, architecture, outputs })}\n`);
    return;
  }
  const lines = shapes.map(([name, shape]) => `  ${name}  float32 [${shape.join(',')}]\n`);
  streams.stdout.write(`${options.out}  (${architecture})\n${lines.join('')}`);
}

/** Nothing that is read may be replaced, and the folder has to be there before minutes are spent. */
async function checkOut(model: string, { inputs, out }: EvalLogitsOptions): Promise<void> {
  const folder = dirname(resolve(out));
  if ([inputs, model].some((path) => resolve(path) === resolve(out))) {
    throw new UsageError(`'${out}' is a file to be read. Choose another --out.`);
  }
  if (folder === resolve(model)) {
    throw new UsageError(`'${out}' is in the folder of the model, whose files it could replace. Choose another --out.`);
  }
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw new UsageError(`there is no folder '${dirname(out)}' for '${out}'. Make it first.`);
}

/** What a model gives, under the names it has in Hugging Face's library. */
async function outputsOf(model: AnyModel, { inputIds, others }: ModelInputs): Promise<Record<string, Tensor>> {
  const read = new Set<string | symbol>();
  const run = jit((ids: Tensor, given: Record<string, Tensor>) => {
    const watched = new Proxy(given, {
      get: (target, name) => {
        read.add(name);
        return Reflect.get(target, name) as unknown;
      },
    });
    const output = model.forward(ids, watched);
    return isTensor(output) ? { logits: output } : tensorsOf(output as object);
  });
  const outputs = await run(inputIds, others);
  const unused = Object.keys(others).find((name) => !read.has(name));
  if (unused !== undefined) throw noUse(snakeCase(unused), model);
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [snakeCase(name), value]));
}

const tensorsOf = (output: object): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(output).filter((entry): entry is [string, Tensor] => isTensor(entry[1])));

const noUse = (name: string, model: AnyModel): DataError =>
  new DataError(
    `eval logits: the model takes no such input. Got ${name} for ${model.constructor.name}; expected what that class computes with. ` +
      `Leave it out of the file.`,
    { op: 'eval logits', details: { name } },
  );
