import { quote, refuse } from '../errors.ts';
import { Built, Known, Tuple, describePickled } from '../pickle/values.ts';
import type { PickleValue } from '../pickle/values.ts';
import { rebuildParameter, rebuildTensor, rebuildTensorOfType } from './rebuild.ts';
import { STORAGE_TYPES, StridedView, TORCH_TYPES } from './storage.ts';

/** A size, a device or a dtype: of no use here but as text or numbers. */
export class Plain extends Built {
  readonly kind = 'a setting';
  readonly value: string | readonly PickleValue[];
  constructor(value: string | readonly PickleValue[]) {
    super();
    this.value = value;
  }
}

const op = 'openTorch';

function only(name: string, args: readonly PickleValue[], ...types: string[]): void {
  const fits = args.length <= types.length && args.every((arg, index) => typeof arg === types[index]);
  if (fits && args.length > 0) return;
  const got = args.map(describePickled).join(', ');
  refuse({ op, problem: `${name} of something else`, got: quote(got), expected: types.join(', ') });
}

function orderedDict(args: readonly PickleValue[]): PickleValue {
  if (args.length === 0) return new Map();
  // Python 2 wrote the items as a list of pairs.
  const [pairs] = args;
  const entries = Array.isArray(pairs)
    ? pairs.map((pair) => (pair instanceof Tuple ? pair.items : (pair as PickleValue[])))
    : [];
  if (
    Array.isArray(pairs) &&
    entries.every((pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string')
  ) {
    return new Map(entries.map((pair) => [pair[0] as string, pair[1]!]));
  }
  return refuse({
    op,
    problem: 'a dictionary of something else',
    got: describePickled(pairs),
    expected: 'nothing, or pairs',
  });
}

function size(args: readonly PickleValue[]): PickleValue {
  const [sizes] = args;
  if (sizes instanceof Tuple) return new Plain(sizes.items);
  return refuse({ op, problem: 'a size of something else', got: describePickled(sizes), expected: 'a tuple' });
}

function device(args: readonly PickleValue[]): PickleValue {
  only('a device', args, 'string', 'number');
  return new Plain(args.join(':'));
}

/** Protocol 2 has no bytes: they are text of which every character is one. */
function encode(args: readonly PickleValue[]): PickleValue {
  only('bytes', args, 'string', 'string');
  const text = args[0] as string;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

const set = ([values]: readonly PickleValue[]): PickleValue => {
  if (values === undefined) return new Set();
  if (!Array.isArray(values) || values.some((each) => typeof each === 'object' && each !== null)) {
    return refuse({
      op,
      problem: 'a set of something else',
      got: describePickled(values),
      expected: 'a list of text or numbers',
    });
  }
  return new Set(values as (string | number)[]);
};

/** Every name that a checkpoint may use, and what it stands for here. */
const NAMES: ReadonlyMap<string, Known> = new Map(
  (
    [
      ['torch._utils._rebuild_tensor', rebuildTensor],
      ['torch._utils._rebuild_tensor_v2', rebuildTensor],
      ['torch._utils._rebuild_tensor_v3', rebuildTensorOfType],
      ['torch._utils._rebuild_parameter', rebuildParameter],
      ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
      ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
      ['collections.OrderedDict', orderedDict],
      ['torch.Size', size],
      ['torch.device', device],
      ['_codecs.encode', encode],
      ['builtins.set', set],
      ['__builtin__.set', set],
      // Classes that are only named.
      ['torch.Tensor', undefined],
      ['torch.nn.parameter.Parameter', undefined],
      ['torch.storage.UntypedStorage', undefined],
      ['torch.UntypedStorage', undefined],
      ...Object.keys(STORAGE_TYPES).map((name) => [`torch.${name}`, undefined] as const),
      ...Object.keys(TORCH_TYPES).map((name) => [`torch.${name}`, undefined] as const),
    ] as const
  ).map(([name, build]) => [name, new Known(name, build)]),
);

/** What a name of a pickle stands for; undefined for all that is not on the list. */
export const findName = (name: string): Known | undefined => NAMES.get(name);

/** A tensor with attributes of Python, which are left out. */
function rebuildFromType(args: readonly PickleValue[]): PickleValue {
  const [rebuild, , inner] = args;
  const tensor = rebuild instanceof Known && inner instanceof Tuple ? rebuild.build?.(inner.items) : undefined;
  if (tensor instanceof StridedView) return tensor;
  return refuse({
    op,
    problem: 'a tensor of something else',
    got: describePickled(rebuild),
    expected: 'a way to make one',
  });
}
