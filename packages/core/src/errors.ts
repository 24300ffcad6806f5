export {
  ArgumentError,
  BackendError,
  DTypeError,
  DataError,
  GaiError,
  GraphError,
  ShapeError,
  StateError,
  internalError,
} from './error-classes.ts';
export type { ErrorDetails, GaiErrorOptions } from './error-classes.ts';
export { checkOptionNames } from './argument.ts';
export { nearestName } from './nearest-name.ts';
