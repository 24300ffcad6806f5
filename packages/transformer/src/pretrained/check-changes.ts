import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { LoadingOptions } from './from-pretrained.ts';

/** The names of {@link LoadingOptions}. */
export const LOADING_OPTIONS: readonly (keyof LoadingOptions)[] = [
  'storage',
  'newHead',
  'ignoreFields',
  'lazy',
  'onProgress',
  'weights',
];

const DTYPE = 'Weights become float32, whatever their files have: leave it out.';

/** Options of other libraries that have another place here. */
const ELSEWHERE: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['device', 'The device is that of the backend: setDefaultBackend(await nodeBackend({ device })).'],
  ['dtype', DTYPE],
  ['torch_dtype', DTYPE],
]);

/** Refuses what is neither an option nor a field of the configuration. */
export function checkChanges(changes: object, fields: object): void {
  const known = [...LOADING_OPTIONS, ...Object.keys(fields)];
  for (const name of Object.keys(changes)) {
    const place = ELSEWHERE.get(name);
    if (place === undefined) continue;
    throw new ArgumentError(
      `fromPretrained: no such option. Got '${name}'; expected one of ${known.join(', ')}. ${place}`,
      {
        op: 'fromPretrained',
        details: { option: name },
      },
    );
  }
  checkOptionNames('fromPretrained', changes, known);
}
