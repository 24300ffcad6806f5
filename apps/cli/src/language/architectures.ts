import * as library from '@gai/transformer';
import type { ConfigJson, LoadingOptions, PretrainedClass, PretrainedModel } from '@gai/transformer';
import type { Tensor } from '@gai/core';
import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';

/** A model of any class: token ids, and other inputs by their names. */
export interface AnyModel extends PretrainedModel {
  forward(inputIds: Tensor, inputs: Readonly<Record<string, Tensor>>): unknown;
}

/** A class of any family. */
export type AnyClass = PretrainedClass<AnyModel, object> & {
  fromPretrained(folder: string, options: LoadingOptions): Promise<AnyModel>;
};

/** Every class of the library that has a name in configuration files. */
const CLASSES: readonly AnyClass[] = Object.values<unknown>(library as Readonly<Record<string, unknown>>).filter(
  (value): value is AnyClass => typeof value === 'function' && Object.hasOwn(value, 'architecture'),
);

/** The classes of a family, by the `model_type` of its configuration files. */
export const classesOf = (modelType: unknown): readonly AnyClass[] =>
  CLASSES.filter(({ format }) => format.modelType === modelType);

/** The families there are. */
export const modelTypes = (): readonly string[] => [...new Set(CLASSES.map(({ format }) => format.modelType))];

/** The name of the class that a configuration is for, if it says so. */
export const architectureIn = ({ architectures }: ConfigJson): unknown =>
  Array.isArray(architectures) ? (architectures as unknown[])[0] : undefined;

/** The class of a name in configuration files. */
export function classNamed(op: string, name: unknown, { model_type: modelType }: ConfigJson): AnyClass {
  const found = CLASSES.find(({ architecture }) => architecture === name);
  if (found !== undefined) return found;
  const family = classesOf(modelType);
  const known = (family.length > 0 ? family : CLASSES).map(({ architecture }) => architecture);
  throw new DataError(
    `${op}: there is no class of that name. Got ${quoted(name)}; expected one of ${known.join(', ')}. Choose one with ` +
      `--architecture.`,
    { op, details: { architecture: name } },
  );
}
