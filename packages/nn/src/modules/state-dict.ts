import { ArgumentError, DataError, formatShape, isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames, isFloat, shapesEqual } from '@gai/core/ops';
import type { Module } from '../module.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import { refuse } from '../refuse.ts';
import { isModuleBuffer, isParameter } from './brands.ts';
import { renameHint } from './name-hint.ts';
import { castChecked } from './narrow.ts';
import { replaceVariables } from './retype.ts';
import { commonValue } from './state-values.ts';
import { locator, walk } from './walk.ts';

/** How {@link Module.loadStateDict} and {@link load} fit tensors to a module. */
export interface LoadStateOptions {
  /** Throw if a name is missing or unexpected. Default true. */
  readonly strict?: boolean | undefined;
  /**
   * What a float tensor of another dtype than the module's does. `cast`: it is rounded to the module's dtype (exact from
   * float16 or bfloat16 to float32); a number too large for it throws. `keep`: the module's parameter gets the
   * dtype of the tensor, and is a new object. `refuse`: it throws. Default `cast`. An int64 counter goes into an int32 one in any case.
   */
  readonly dtype?: 'cast' | 'keep' | 'refuse' | undefined;
  /**
   * From names in the state to names in the module: an object, or a function of the name; null leaves a tensor out. Names
   * that an object does not have stay. Default: names stay.
   */
  readonly rename?: Readonly<Record<string, string | null>> | ((name: string) => string | null) | undefined;
}

/** What {@link Module.loadStateDict} did not find a place or a value for. */
export interface LoadReport {
  /** In the model, not in the state dict. */
  readonly missing: readonly string[];
  /** In the state dict, not in the model. */
  readonly unexpected: readonly string[];
}

type State = Readonly<Record<string, Tensor>>;
type Own = Parameter | ModuleBuffer;

/** A tensor of the state, and the name it goes by in the module. */
interface Given {
  readonly name: string;
  readonly source: string;
  readonly value: Tensor;
}

/** See {@link Module.loadStateDict}: everything is checked before anything is changed. */
export function loadState(root: Module, state: State, options: LoadStateOptions): LoadReport {
  checkOptionNames('loadStateDict', options, ['strict', 'dtype', 'rename']);
  const { strict = true, dtype = 'cast', rename } = options;
  checkMode(dtype);
  checkState(state, rename);
  const find = locator(root);
  const given = new Map<Own, Given>();
  const unexpected: string[] = [];
  for (const one of renamed(state, rename, strict)) {
    const part = find(one.name);
    if (!isSaved(part)) unexpected.push(one.source);
    else given.set(part, merged(given.get(part), one, part));
  }
  const saved = [...walk(root).variables].filter(([, variable]) => isSaved(variable));
  const missing = saved.filter(([, variable]) => !given.has(variable)).map(([name]) => name);
  if (strict && missing.length + unexpected.length > 0) throw namesError(missing, unexpected);
  const values = [...given].map(([variable, one]) => [variable, fit(one, variable, dtype)] as const);
  replaceVariables(root, new Map(values.filter(([variable, value]) => value.dtype !== variable.dtype)));
  for (const [variable, value] of values) if (value.dtype === variable.dtype) variable.assign(value);
  return { missing, unexpected };
}

const isSaved = (part: unknown): part is Own => isParameter(part) || (isModuleBuffer(part) && part.persistent);

/** The tensors under the names of the module. */
function renamed(state: State, rename: LoadStateOptions['rename'], strict: boolean): Given[] {
  const toName = typeof rename === 'function' ? rename : (name: string) => ownOr(rename, name);
  const unused = typeof rename === 'object' ? Object.keys(rename).filter((name) => !Object.hasOwn(state, name)) : [];
  if (strict && unused.length > 0) throw unusedNames(unused);
  const sources = new Map<string, string>();
  return Object.entries(state).flatMap(([source, value]) => {
    const name = toName(source);
    if (name === null) return [];
    if (typeof name !== 'string') throw notAName(source, name);
    const before = sources.get(name);
    if (before !== undefined) throw collision(name, [before, source]);
    sources.set(name, source);
    return [{ name, source, value }];
  });
}

const ownOr = (rename: Readonly<Record<string, string | null>> | undefined, name: string): string | null =>
  rename !== undefined && Object.hasOwn(rename, name) ? rename[name]! : name;

/** The same values may come under several names of a parameter; others are refused. */
function merged(before: Given | undefined, one: Given, part: Own): Given {
  if (before === undefined) return one;
  const differ = (): DataError =>
    new DataError(
      `loadStateDict: one parameter has two values. Got different tensors for '${before.source}' and '${one.source}', which ` +
        `are one ${part.constructor.name} in the module; expected equal ones. Leave one out: { rename: { '${one.source}': null } }.`,
      { op: 'loadStateDict', details: { names: [before.source, one.source] } },
    );
  return { ...before, value: commonValue(before.value, one.value, differ) };
}

/** The value as the module takes it. */
function fit({ name, value }: Given, variable: Own, mode: 'cast' | 'keep' | 'refuse'): Tensor {
  if (!shapesEqual(value.shape, variable.shape)) throw misfit(name, value, variable, '');
  if (value.dtype === variable.dtype) return value;
  // Counters are int64 in PyTorch's files and int32 here.
  const place = { op: 'loadStateDict', name } as const;
  if (value.dtype === 'int64' && variable.dtype === 'int32') return castChecked(value, 'int32', place);
  const remedy = ` Pass { dtype: 'cast' } to round it, or 'keep' to give the module its dtype.`;
  if (!isFloat(value.dtype) || !isFloat(variable.dtype)) throw misfit(name, value, variable, ' Convert it first.');
  if (mode === 'refuse') throw misfit(name, value, variable, remedy);
  if (mode === 'keep') return value;
  return castChecked(value, variable.dtype, place);
}

function checkState(state: unknown, rename: unknown): void {
  const op = 'loadStateDict';
  const isRecord = typeof state === 'object' && state !== null && !Array.isArray(state);
  if (!isRecord || state instanceof Map || state instanceof Promise) {
    const remedy = state instanceof Map ? 'Write Object.fromEntries(map).' : 'Await what reads it.';
    return refuse({ op, what: 'the state is none', got: state, expected: 'an object of tensors by name', remedy });
  }
  for (const [name, value] of Object.entries(state)) {
    if (isTensor(value)) continue;
    const remedy = 'Make it one with tensor(...).';
    refuse({ op, what: `'${name}' is no tensor`, got: value, expected: 'tensors by name', remedy });
  }
  if (rename === undefined || typeof rename === 'function' || (typeof rename === 'object' && rename !== null)) return;
  refuse({ op, what: 'rename is neither object nor function', got: rename, expected: 'one of them' });
}

function checkMode(mode: string): void {
  if (mode === 'cast' || mode === 'keep' || mode === 'refuse') return;
  throw new ArgumentError(
    `loadStateDict: dtype is unknown. Got '${mode}'; expected 'cast', 'keep' or 'refuse', which say what a tensor of another ` +
      `dtype than the module's does. Give the module its dtype with model.to(...).`,
    { op: 'loadStateDict', details: { dtype: mode } },
  );
}

function namesError(missing: readonly string[], unexpected: readonly string[]): DataError {
  const list = (names: readonly string[]): string =>
    names.length === 0
      ? 'none'
      : `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  const rename = renameHint(missing, unexpected);
  const remedy = rename === undefined ? 'Pass { strict: false } to load what fits.' : `Pass { rename: ${rename} }.`;
  return new DataError(
    `loadStateDict: the names do not match. Got missing: ${list(missing)}; unexpected: ${list(unexpected)}; expected ` +
      `exactly the model's names. ${remedy}`,
    { op: 'loadStateDict', details: { missing, unexpected } },
  );
}

// oxlint-disable-next-line max-params -- One sentence.
function misfit(name: string, value: Tensor, variable: Own, remedy: string): DataError {
  const [got, expected] = [value, variable].map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`);
  return new DataError(`loadStateDict: '${name}' does not fit. Got ${got}; expected ${expected}.${remedy}`, {
    op: 'loadStateDict',
    details: { name },
  });
}

const collision = (name: string, sources: readonly [string, string]): DataError =>
  new DataError(
    `loadStateDict: two names become one. Got '${sources[0]}' and '${sources[1]}', both renamed to '${name}'; expected ` +
      `different names. Leave one out by renaming it to null.`,
    { op: 'loadStateDict', details: { name, sources } },
  );

const unusedNames = (names: readonly string[]): DataError =>
  new DataError(
    `loadStateDict: rename has names that the state does not. Got ${names.slice(0, 5).join(', ')}` +
      `${names.length > 5 ? ` and ${names.length - 5} more` : ''}; expected names of the state. Correct them, or pass ` +
      `{ strict: false }.`,
    { op: 'loadStateDict', details: { names } },
  );

const notAName = (source: string, name: unknown): DataError =>
  new DataError(
    `loadStateDict: rename gives no name. Got ${typeof name} for '${source}'; expected text, or null to leave it out. ` +
      `Return the name itself where it stays.`,
    { op: 'loadStateDict', details: { source } },
  );
