import { ArgumentError } from '@gai/core';
import { openModelCache } from '@gai/hub/node';
import type { ModelsOptions } from '../commands/models.ts';
import type { Streams } from '../streams.ts';

/** Prints the folder of a model that is here. */
export async function printPath(
  name: string,
  { cache: folder, json }: ModelsOptions,
  { stdout }: Streams,
): Promise<void> {
  const model = await openModelCache({ folder }).get(name);
  if (model === undefined) {
    throw new ArgumentError(
      `models path: the model is not here. Got '${name}'; expected one that was fetched. Run gai models fetch ${name}.`,
      { op: 'models path', details: { name } },
    );
  }
  stdout.write(json === true ? `${JSON.stringify(model)}\n` : `${model.folder}\n`);
}
