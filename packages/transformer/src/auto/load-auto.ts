import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import { holdGguf } from '../pretrained/gguf-file.ts';
import { familyOf } from './family-of.ts';
import type { families } from './registry.ts';

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
  return holdGguf({ storage, path: String(folder), op: 'fromPretrained' }, async () => {
    const family = await familyOf(storage, folder, task);
    return (await (family[task] as Loader).fromPretrained(folder, { ...options, storage })) as AutoResult<Task>;
  });
}
