import { DataError, cast, data, formatShape } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { equalTensors, quoted } from '@gai/core/io';
import { bytesPerElement, convertElements, hostLeaf, isFloat, shapesEqual } from '@gai/core/ops';
import { shown } from '../config/shown.ts';
import { Parameter, init } from '@gai/nn';
import type { Module, ModuleBuffer } from '@gai/nn';
import { everyName, placeNames } from './names.ts';
import type { NameRules } from './names.ts';
import type { NamedTensors } from './weights.ts';

/** How far reading is. */
export interface LoadProgress {
  /** The tensor that was read last, as its file calls it. */
  readonly name: string;
  /** Bytes of tensors that were read, as they are in the files. */
  readonly loaded: number;
  /** Bytes of all tensors that are read. */
  readonly total: number;
}

/** How {@link fillModel} reads. */
export interface FillOptions {
  readonly rules: NameRules;
  /** Tensors of heads that are missing, or have another shape, begin with random values. */
  readonly newHead: boolean;
  /** Standard deviation of these. */
  readonly std: number;
  /** Leaves the tensors where they are until something is computed with them. */
  readonly lazy: boolean;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** What was done with which tensors. */
export interface FillReport {
  /** By names in the model. */
  readonly dtypes: ReadonlyMap<string, DType>;
  readonly unused: readonly string[];
  readonly initialised: readonly string[];
}

type Own = Parameter | ModuleBuffer;

/** One parameter and the tensor that becomes its value. */
interface Task {
  readonly name: string;
  readonly source: string;
  readonly own: Own;
  readonly value: Tensor;
}

/**
 * Gives a model the tensors of files, one after the other. Everything is checked before anything is read.
 * @throws {@link DataError} that names what is missing, not known, or of another shape.
 */
export async function fillModel(model: Module, weights: NamedTensors, options: FillOptions): Promise<FillReport> {
  const { rules, newHead } = options;
  const own = everyName(model);
  const { places, unused, unexpected } = placeNames(Object.keys(weights), own, rules);
  const given = [...places].map(([name, source]): Task => ({
    name,
    source,
    own: own.get(name)!,
    value: weights[source]!,
  }));
  const isNew = ({ name }: { readonly name: string }): boolean => newHead && rules.heads.test(name);
  const misshapen = given.filter(
    (task) => !shapesEqual(task.value.shape, task.own.shape) || !isFloat(task.value.dtype),
  );
  const renewed = new Set(misshapen.filter(isNew));
  const tasks = given.filter((task) => !renewed.has(task));
  const lacking = dropOptional(model, missingOf(own, tasks), rules.optional).filter(
    (name) => !(rules.made?.test(name) ?? false),
  );
  const initialised = lacking.filter((name) => isNew({ name }));
  const missing = lacking.filter((name) => !isNew({ name }));
  const wrong = misshapen.filter((task) => !renewed.has(task));
  if (missing.length + unexpected.length + wrong.length > 0) throw misfit({ missing, unexpected, wrong });
  await readAll(await distinct(tasks), options);
  for (const name of initialised) initialise(own.get(name)!, options.std);
  const dtypes = new Map(tasks.map(({ name, value }) => [name, value.dtype]));
  return { dtypes, unused: [...unused, ...[...renewed].map(({ source }) => source)], initialised };
}

/** Parameters that no tensor was found for, each under its first name. */
function missingOf(own: ReadonlyMap<string, Own>, tasks: readonly Task[]): string[] {
  const filled = new Set<Own>(tasks.map((task) => task.own));
  const missing: string[] = [];
  for (const [name, part] of own) {
    if (filled.has(part)) continue;
    filled.add(part);
    missing.push(name);
  }
  return missing;
}

/** Takes the parts out of a model that have no tensor at all and that it can do without. */
function dropOptional(model: Module, missing: readonly string[], optional: readonly string[]): string[] {
  const has = (part: string): boolean =>
    [...model.namedParameters().keys()].some((name) => name.startsWith(`${part}.`));
  const dropped = optional.filter((part) => {
    const all = [...model.namedParameters().keys()].filter((name) => name.startsWith(`${part}.`));
    return has(part) && all.every((name) => missing.includes(name));
  });
  for (const part of dropped) model.replace(part, null);
  return missing.filter((name) => !dropped.some((part) => name.startsWith(`${part}.`)));
}

/** Of parameters in two places the first of their tensors: files may have both, if they are equal. */
async function distinct(tasks: readonly Task[]): Promise<Task[]> {
  const first = new Map<Own, Task>();
  for (const task of tasks) {
    const before = first.get(task.own);
    if (before === undefined) first.set(task.own, task);
    else if (!(await equalTensors(before.value, task.value))) throw twoValues(before, task);
  }
  return [...first.values()];
}

const twoValues = (a: Task, b: Task): DataError =>
  new DataError(
    `fromPretrained: one parameter has two values. Got different tensors for ${quoted(a.source)} and ${quoted(b.source)}, which are one in the model; ` +
      `expected equal ones. Remove one from the file.`,
    { op: 'fromPretrained', details: { names: [a.source, b.source] } },
  );

const bytesOf = ({ value: { dtype, shape } }: Task): number =>
  shape.reduce<number>((product, size) => product * (size as number), bytesPerElement(dtype));

async function readAll(tasks: readonly Task[], { lazy, onProgress }: FillOptions): Promise<void> {
  const total = tasks.reduce((sum, task) => sum + bytesOf(task), 0);
  let loaded = 0;
  for (const task of tasks) {
    task.own.assign(lazy ? lazyValue(task) : await hostValue(task));
    loaded += bytesOf(task);
    onProgress?.({ name: task.source, loaded, total });
  }
}

/** The tensor in memory, in the dtype of the parameter. */
async function hostValue({ value, own }: Task): Promise<Tensor> {
  const elements = await data(value);
  const { dtype, shape } = own;
  return hostLeaf(convertElements(elements, value.dtype, dtype), { dtype, shape: shape as number[] }, false);
}

function lazyValue({ value, own }: Task): Tensor {
  return value.dtype === own.dtype ? value : cast(value, own.dtype);
}

/** Biases and norms have their first values already. */
function initialise(own: Own, std: number): void {
  if (own.shape.length > 1) own.assign(init.normal({ std })(own.shape as number[], own.dtype));
}

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : names.slice(0, 8).map(shown).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');

function misfit(got: {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly wrong: readonly Task[];
}): DataError {
  const { missing, unexpected } = got;
  const type = (x: Tensor): string => `${x.dtype} ${formatShape(x.shape)}`;
  const wrong = got.wrong.map(({ source, value, own }) => `${shown(source)} ${type(value)} for ${type(own)}`);
  return new DataError(
    `fromPretrained: the tensors do not fit the configuration. Got missing: ${listed(missing)}; not known: ${listed(unexpected)}; ` +
      `of another shape: ${listed(wrong)}; expected exactly the tensors of the model. Check config.json; for a head that is yet to ` +
      `be trained pass { newHead: true }.`,
    { op: 'fromPretrained', details: { missing, unexpected, misshapen: got.wrong.map(({ source }) => source) } },
  );
}
