import { AutoModel, AutoModelForCausalLM, readConfigJson } from '@gai/transformer';
import type { LoadingOptions } from '@gai/transformer';
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
  onProgress: LoadingOptions['onProgress'],
): Promise<AnyModel> {
  const options = { ignoreFields, onProgress };
  const config = path.endsWith('.gguf') ? {} : await readConfigJson(path);
  const name = wanted ?? architectureIn(config);
  if (name !== undefined) return classNamed('eval logits', name, config).fromPretrained(path, options);
  const auto = path.endsWith('.gguf') ? AutoModelForCausalLM : AutoModel;
  return (await auto.fromPretrained(path, options)) as AnyModel;
}
