import { quote, refuse } from '../errors.ts';
import { Known, Tuple, describePickled } from '../pickle/values.ts';
import type { PickleValue } from '../pickle/values.ts';
import { STORAGE_TYPES, Storage, StridedView, TORCH_TYPES } from './storage.ts';
import type { TorchType } from './storage.ts';

const op = 'openTorch';
const MAX_AXES = 64;
/** What one axis of a tensor may have. */
const MAX_SIZE = 2 ** 31 - 1;
/** A tensor that shows elements of its storage several times may have so many: 64 MiB of float32. */
const MAX_EXPANDED = 2 ** 24;

/** (storage, offset, size, stride, requires gradient, hooks, what is made of it): whether a gradient is wanted does not matter here. */
export function rebuildTensor(args: readonly PickleValue[]): StridedView {
  const [storage] = args;
  checkPlain(args[6]);
  if (storage instanceof Storage && storage.type !== undefined) return viewOfStorage(storage, storage.type, args);
  return refuse({ op, problem: 'a tensor of something else', got: describePickled(storage), expected: 'a storage' });
}

/** (storage, offset, size, stride, requires gradient, hooks, dtype, what is made of it). */
export function rebuildTensorOfType(args: readonly PickleValue[]): StridedView {
  const [storage, dtype] = [args[0], args[6]];
  checkPlain(args[7]);
  const type = dtype instanceof Known ? TORCH_TYPES[dtype.name.replace('torch.', '')] : undefined;
  if (storage instanceof Storage && type !== undefined) return viewOfStorage(storage, type, args);
  return refuse({
    op,
    problem: 'a tensor of something else',
    got: describePickled(dtype),
    expected: 'a storage and a dtype',
  });
}

/** Refuses tensors that say of their storage that its numbers are to be negated or conjugated. */
function checkPlain(marks: PickleValue | undefined): void {
  if (marks === undefined || marks === null || (marks instanceof Map && ![...marks.values()].includes(true))) return;
  const named = marks instanceof Map ? [...marks.keys()].filter((key) => typeof key === 'string') : [];
  refuse({
    op,
    problem: 'a tensor that is not what its storage has',
    got: named.length === 0 ? describePickled(marks) : quote(named.join(', ')),
    expected: 'one that is',
    remedy: 'In Python, save tensor.resolve_neg().resolve_conj().',
  });
}

/** A parameter is its tensor. */
export function rebuildParameter([tensor]: readonly PickleValue[]): StridedView {
  if (tensor instanceof StridedView) return tensor;
  return refuse({ op, problem: 'a parameter of something else', got: describePickled(tensor), expected: 'a tensor' });
}

function viewOfStorage(storage: Storage, type: TorchType, args: readonly PickleValue[]): StridedView {
  const offset = wholeNumbers('the offset of a tensor', new Tuple(args.slice(1, 2)))[0]!;
  const shape = wholeNumbers('the size of a tensor', args[2]);
  const strides = wholeNumbers('the strides of a tensor', args[3]);
  const count = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  const available = Math.floor(storage.byteLength / type.bytes);
  const fits = shape.length === strides.length && (count === 0 || last < available);
  if (!fits || shape.some((size) => size > MAX_SIZE) || shape.length > MAX_AXES) {
    refuse({
      op,
      problem: 'a tensor does not lie in its storage',
      got: `[${shape.join(',')}] with strides [${strides.join(',')}] from ${offset}`,
      expected: `elements within the ${available} of storage ${quote(storage.key)}`,
    });
  }
  if (count > Math.max(available, MAX_EXPANDED)) {
    const expected = `at most ${MAX_EXPANDED} elements, or as many as its storage has`;
    refuse({ op, problem: 'a tensor repeats its storage too often', got: `[${shape.join(',')}]`, expected });
  }
  return new StridedView({ storage, type, shape, strides, offset });
}

function wholeNumbers(what: string, value: PickleValue | undefined): number[] {
  const numbers = value instanceof Tuple ? value.items : undefined;
  if (
    numbers !== undefined &&
    numbers.every((each) => typeof each === 'number' && Number.isSafeInteger(each) && each >= 0)
  ) {
    return numbers as number[];
  }
  const got = numbers === undefined ? describePickled(value) : quote(numbers.map(describePickled).join(', '));
  return refuse({ op, problem: `${what} does not fit`, got, expected: 'whole numbers of 0 or more' });
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** The storage that a reference outside the pickle names: ('storage', class, key, device, count[, view]). */
export function readStorage(id: PickleValue): Storage {
  const [tag, kind, key, , count, view] = id instanceof Tuple ? id.items : [];
  const name = kind instanceof Known ? kind.name.split('.').at(-1)! : undefined;
  const typeName = name !== undefined && Object.hasOwn(STORAGE_TYPES, name) ? STORAGE_TYPES[name] : undefined;
  const isStorage = tag === 'storage' && typeof key === 'string' && isCount(count);
  if (!isStorage || (typeName === undefined && name !== 'UntypedStorage')) {
    return refuse({
      op,
      problem: 'a reference to something that is no storage',
      got: quote(id instanceof Tuple ? id.items.map(describePickled).join(', ') : describePickled(id)),
      expected: "('storage', class, key, device, count)",
    });
  }
  const type = typeName === undefined ? undefined : TORCH_TYPES[typeName];
  const bytes = type?.bytes ?? 1;
  const [byteOffset, viewed] = readView(view, { key, bytes, count });
  return new Storage({ key, type, byteLength: viewed * bytes, byteOffset });
}

/** (key, offset, count) of a storage that is a part of another, in files of the old format. */
function readView(
  view: PickleValue | undefined,
  whole: { key: string; bytes: number; count: number },
): [number, number] {
  const { bytes, count, key } = whole;
  if (view === undefined || view === null) return [0, count];
  const [, offset, size] = view instanceof Tuple ? view.items : [];
  if (isCount(offset) && isCount(size) && offset + size <= count) return [offset * bytes, size];
  return refuse({
    op,
    problem: `a part of storage ${quote(key)} does not fit`,
    got: describePickled(view),
    expected: `one of ${count}`,
  });
}
