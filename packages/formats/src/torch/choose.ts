import { ArgumentError } from '@gai/core';
import { quote, refuse } from '../errors.ts';
import type { PickleValue } from '../pickle/values.ts';
import { collectTensors, membersOf } from './contents.ts';
import type { Budget } from './contents.ts';
import { StridedView } from './storage.ts';

/** Keys that a message lists. */
const MAX_SHOWN = 8;

/** The part of a checkpoint whose tensors are wanted, and what is wanted of it. */
export function chooseTensors(value: PickleValue, key: string | undefined, budget: Budget): Map<string, StridedView> {
  const tensors = key === undefined || key === '' ? chooseAlone(value, key, budget) : chooseNamed(value, key, budget);
  if (tensors.size > 0) return tensors;
  return refuse({
    op: 'openTorch',
    problem: 'no tensors',
    got: key === undefined ? 'none in the file' : `none under ${quote(key)}`,
    expected: 'at least one',
    remedy: 'Name a file with weights.',
  });
}

/** All of them, unless they lie in several parts and nobody said that all are wanted. */
function chooseAlone(value: PickleValue, key: string | undefined, budget: Budget): Map<string, StridedView> {
  const members = membersOf(value) ?? [];
  if (key === '' || members.length === 0 || members.some(([, member]) => member instanceof StridedView)) {
    return collectTensors(value, budget);
  }
  const parts = members.map(([name, member]) => [name, collectTensors(member, budget)] as const);
  const filled = parts.filter(([, tensors]) => tensors.size > 0);
  if (filled.length <= 1) return filled[0]?.[1] ?? new Map();
  throw wrongKey('the checkpoint has several parts', 'no key', filled);
}

function chooseNamed(value: PickleValue, key: string, budget: Budget): Map<string, StridedView> {
  const members = membersOf(value) ?? [];
  const found = members.find(([name]) => name === key);
  if (found !== undefined) return collectTensors(found[1], budget);
  const parts = members.map(([name, member]) => [name, collectTensors(member, budget)] as const);
  throw wrongKey(
    'no such part',
    quote(key),
    parts.filter(([, tensors]) => tensors.size > 0),
  );
}

function wrongKey(
  problem: string,
  got: string,
  parts: readonly (readonly [string, ReadonlyMap<string, StridedView>])[],
): ArgumentError {
  const choices = parts.slice(0, MAX_SHOWN).map(([name, { size }]) => `${quote(name)} (${size} tensors)`);
  if (parts.length > MAX_SHOWN) choices.push(`${parts.length - MAX_SHOWN} more`);
  return new ArgumentError(
    `openTorch: ${problem}. Got ${got}; expected one of ${choices.join(', ')}. Pass { key } (--key of gai convert), or the key '' for all.`,
    { op: 'openTorch', details: { choices: parts.map(([name]) => name) } },
  );
}
