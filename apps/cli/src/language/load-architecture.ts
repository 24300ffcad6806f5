import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import * as library from '@gai/transformer';
import type { LoadingOptions, PretrainedModel } from '@gai/transformer';

/** A model of any class: token ids, and other inputs by their names. */
export interface AnyModel extends PretrainedModel {
  forward(inputIds: Tensor, inputs: Readonly<Record<string, Tensor>>): unknown;
}

interface AnyClass {
  readonly architecture: string;
  readonly format: { readonly modelType: string };
  fromPretrained(folder: string, options: LoadingOptions): Promise<AnyModel>;
}

/** Every class of the library that has a name in configuration files. */
const CLASSES: readonly AnyClass[] = Object.values<unknown>(library as Readonly<Record<string, unknown>>).filter(
  (value): value is AnyClass => typeof value === 'function' && Object.hasOwn(value, 'architecture'),
);

/** Reads a model with the class that is asked for, or that its configuration names. */
export async function loadArchitecture(
  path: string,
  wanted: string | undefined,
  onPart: (part: number) => void,
): Promise<AnyModel> {
  const options: LoadingOptions = { onProgress: ({ loaded, total }) => onPart(loaded / Math.max(1, total)) };
  const config = path.endsWith('.gguf') ? {} : await configOf(path);
  const name = wanted ?? (Array.isArray(config.architectures) ? (config.architectures[0] as unknown) : undefined);
  if (name === undefined) {
    const auto = path.endsWith('.gguf') ? library.AutoModelForCausalLM : library.AutoModel;
    return (await auto.fromPretrained(path, options)) as AnyModel;
  }
  const found = CLASSES.find(({ architecture }) => architecture === name);
  if (found === undefined) throw notKnown(name, config.model_type);
  return found.fromPretrained(path, options);
}

/** What config.json says; nothing where it cannot be read, which reading the model will say better. */
async function configOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const path = `${folder}/config.json`;
  if ((await fileStorage.size(path)) === undefined) return {};
  try {
    const json = JSON.parse(new TextDecoder().decode(await fileStorage.read(path))) as unknown;
    return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function notKnown(name: unknown, modelType: unknown): DataError {
  const family = CLASSES.filter(({ format }) => format.modelType === modelType);
  const known = (family.length > 0 ? family : CLASSES).map(({ architecture }) => architecture);
  return new DataError(
    `eval logits: there is no class of that name. Got ${JSON.stringify(name)}; expected one of ${known.join(', ')}. Choose one with ` +
      `--architecture.`,
    { op: 'eval logits', details: { architecture: name } },
  );
}
