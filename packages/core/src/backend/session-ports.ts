import { BackendError, DTypeError } from '../errors.ts';
import { dtypeOfRuntimeType, supportedDtypes } from './runtime-dtype.ts';
import { namesError } from './session-errors.ts';

/** What ONNX Runtime says of an input or output of a session. */
export interface PortMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
}

/**
 * The element type of each input, in the order of `names`.
 * @throws {@link BackendError} for other names than the graph's; {@link DTypeError} for types that no dtype stands for.
 * @example
 * inputTypes([{ name: 'x', isTensor: true, type: 'float32' }], ['x']); // => ['float32']
 * @category Backends
 */
export function inputTypes(metadata: readonly PortMetadata[], names: readonly string[]): string[] {
  const types = new Map(metadata.map((meta) => [meta.name, checkType('input', meta)]));
  if (names.length !== types.size || names.some((name) => !types.has(name))) {
    throw namesError('inputs', [...types.keys()], names);
  }
  return names.map((name) => types.get(name) as string);
}

/**
 * The element type of each output in `names`, which may be fewer than the graph has.
 * @throws {@link BackendError} for other names than the graph's; {@link DTypeError} for types that no dtype stands for.
 * @example
 * outputTypes([{ name: 'y', isTensor: true, type: 'int32' }], ['y']); // => ['int32']
 * @category Backends
 */
export function outputTypes(metadata: readonly PortMetadata[], names: readonly string[]): string[] {
  const ports = new Map(metadata.map((meta) => [meta.name, meta]));
  if (names.some((name) => !ports.has(name))) throw namesError('outputs', [...ports.keys()], names);
  return names.map((name) => checkType('output', ports.get(name) as PortMetadata));
}

/** Also keeps int4 and uint4 away from the Node binding, which ends the process when it meets a tensor of them. */
function checkType(what: 'input' | 'output', meta: PortMetadata): string {
  const type = meta.isTensor ? (meta.type ?? 'unknown') : 'no tensor';
  if (dtypeOfRuntimeType(type) !== undefined) return type;
  throw new DTypeError(
    `load: ${what} '${meta.name}' has a type that no dtype stands for. Got ${type}; expected one of ` +
      `${supportedDtypes().join(', ')}. Cast it inside the graph.`,
    { op: 'load', details: { [what]: meta.name, type } },
  );
}

/**
 * A run with more or fewer inputs than the graph has.
 * @category Backends
 */
export function inputCountError(got: number, names: readonly string[]): BackendError {
  return new BackendError(
    `run: wrong number of inputs. Got ${got}; expected ${names.length} (${names.join(', ')}). ` +
      'Pass one tensor per input, in order.',
    { op: 'run', details: { got, expected: names } },
  );
}

/**
 * An input of another dtype than the graph's.
 * @category Backends
 */
export function inputTypeError(name: string, got: string, expected: string): BackendError {
  return new BackendError(
    `run: input '${name}' has another dtype than the graph. Got ${got}; expected ${expected}. Cast it first.`,
    { op: 'run', details: { input: name, got, expected } },
  );
}
