import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { openModel } from '../pretrained/open-model.ts';
import { whyNot } from './not-covered.ts';
import { families } from './registry.ts';

/** The classes of a family by task. */
export type FamilyClasses = Readonly<Record<string, object>>;

/**
 * The family that a folder's `model_type` names.
 * @throws {@link DataError} if there is none that has a class for the task.
 */
export async function familyOf(storage: Storage, folder: string, task: string): Promise<FamilyClasses> {
  const { model_type: type } = (await openModel(storage, folder)).configJson;
  const having = Object.entries(families as Readonly<Record<string, FamilyClasses>>).filter(([, family]) =>
    Object.hasOwn(family, task),
  );
  const found = having.find(([name]) => name === type)?.[1];
  if (found !== undefined) return found;
  const known = having.map(([name]) => name).join(', ');
  throw new DataError(
    `fromPretrained: no class for this kind of model. Got model_type ${quoted(type)}${whyNot(type)}; expected one of ${known}, which have ` +
      `a class for ${task}. Choose another task, or another model.`,
    { op: 'fromPretrained', details: { task, modelType: type } },
  );
}
