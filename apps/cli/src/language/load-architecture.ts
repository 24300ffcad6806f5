import { fileStorage } from '@gai/backend-node';
import { AutoModel, AutoModelForCausalLM } from '@gai/transformer';
import type { ConfigJson, LoadingOptions } from '@gai/transformer';
import { architectureIn, classNamed } from './architectures.ts';
import type { AnyModel } from './architectures.ts';

/** Which class, and what of its configuration does not matter. */
export interface ArchitectureOptions {
  readonly architecture?: string;
  readonly ignoreFields?: readonly string[];
}

/** Reads a model with the class that is asked for, or that its configuration names. */
export async function loadArchitecture(
  path: string,
  { architecture: wanted, ignoreFields }: ArchitectureOptions,
  onPart: (part: number) => void,
): Promise<AnyModel> {
  const options: LoadingOptions = {
    ignoreFields,
    onProgress: ({ loaded, total }) => onPart(loaded / Math.max(1, total)),
  };
  const config = path.endsWith('.gguf') ? {} : await configOf(path);
  const name = wanted ?? architectureIn(config);
  if (name !== undefined) return classNamed('eval logits', name, config).fromPretrained(path, options);
  const auto = path.endsWith('.gguf') ? AutoModelForCausalLM : AutoModel;
  return (await auto.fromPretrained(path, options)) as AnyModel;
}

/** What config.json says; nothing where it cannot be read, which reading the model will say better. */
async function configOf(folder: string): Promise<ConfigJson> {
  const path = `${folder}/config.json`;
  if ((await fileStorage.size(path)) === undefined) return {};
  try {
    const json = JSON.parse(new TextDecoder().decode(await fileStorage.read(path))) as unknown;
    return typeof json === 'object' && json !== null ? (json as ConfigJson) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
