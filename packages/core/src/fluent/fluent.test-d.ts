import type * as core from '../index.ts';
import type { Tensor } from '../index.ts';
import type { FluentMethods } from './methods.ts';

/** Exported functions that take a tensor, and nothing but a tensor, first. */
type TensorFirst = {
  [Name in keyof typeof core]: (typeof core)[Name] extends (x: Tensor, ...rest: never[]) => infer Result
    ? Result extends Tensor | Promise<unknown> | readonly Tensor[]
      ? Name
      : never
    : never;
}[keyof typeof core];

/** What takes a tensor and is no method: it makes or tests one, or it takes any number of them. */
type Others = 'tensor' | 'evaluate' | 'quantizeWeight' | 'linspace';

type Forgotten = Exclude<TensorFirst, keyof FluentMethods | Others>;
export const nothingIsForgotten: [Forgotten] extends [never] ? true : Forgotten = true;
