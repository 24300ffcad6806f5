import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { openModel } from '../pretrained/open-model.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import { families } from './registry.ts';

/**
 * How a model of a family that is yet to be seen is read.
 * @category Pretrained
 */
export interface AutoOptions extends LoadingOptions {
  /** Classes of a new head. Default: what the configuration says. */
  readonly numLabels?: number | undefined;
}

type Families = typeof families;
type Member<Family, Task extends string> =
  Family extends Readonly<Record<Task, abstract new (...args: never[]) => infer Model>> ? Model : never;

/** The model classes that some family has for a task. */
export type AutoResult<Task extends string> = {
  [Type in keyof Families]: Member<Families[Type], Task>;
}[keyof Families];

interface Loader {
  fromPretrained(folder: string, options: LoadingOptions): Promise<PretrainedModel>;
}

/** Reads a folder with the class that its `model_type` has for a task. */
export async function loadAuto<Task extends string>(
  task: Task,
  folder: string,
  options: AutoOptions,
): Promise<AutoResult<Task>> {
  const storage = options.storage ?? defaultStorage('AutoModel');
  const { model_type: type } = (await openModel(storage, folder)).configJson;
  const table: Readonly<Record<string, object>> = families;
  const having = Object.entries(table).filter(([, family]) => Object.hasOwn(family, task));
  const found = having.find(([name]) => name === type)?.[1] as Readonly<Record<string, Loader>> | undefined;
  if (found === undefined)
    throw notKnown(
      task,
      type,
      having.map(([name]) => name),
    );
  return (await found[task]!.fromPretrained(folder, { ...options, storage })) as AutoResult<Task>;
}

function notKnown(task: string, type: unknown, known: readonly string[]): DataError {
  return new DataError(
    `fromPretrained: no class for this kind of model. Got model_type ${quoted(type)}; expected one of ${known.join(', ')}, which have ` +
      `a class for ${task}. Choose another task, or another model.`,
    { op: 'fromPretrained', details: { task, modelType: type } },
  );
}
