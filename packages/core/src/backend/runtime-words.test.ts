import { expect, it } from 'vitest';
import { ourWords } from './runtime-words.ts';

it.each([
  [
    'indices element out of data bounds, idx=2 must be within the inclusive range [0,-1]',
    'Got the index 2; expected none, since the axis is empty.',
  ],
  [
    'indices element out of data bounds, idx=7 must be within the inclusive range [-2,1]',
    'Got the index 7; expected -2 to 1, which the axis has.',
  ],
  [
    'input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{2,3}, requested shape:{4}',
    'Got a tensor of [2,3] to be made [4]; expected as many elements.',
  ],
  [
    'axis == 1 || axis == largest was false. Attempting to broadcast an axis by a dimension other than 1. 3 by 4',
    'Got the sizes 3 and 4 on one axis;',
  ],
  ['left operand cannot broadcast on dim 0 LeftShape: {2,3}, RightShape: {4,5}', 'Got [2,3] and [4,5];'],
  [
    'Non concat axis dimensions must match: Axis 1 has mismatched dimensions of 3 and 4',
    'Got the sizes 3 and 4 on axis 1;',
  ],
  [
    'Invalid rank for input: change Got: 3 Expected: 1 Please fix either',
    "Got 3 axes for the input 'change'; expected 1.",
  ],
  [
    'Got invalid dimensions for input: x for the following indices\n index: 0 Got: 3 Expected: 2\n Please fix',
    "Got the size 3 on axis 0 of the input 'x'; expected 2.",
  ],
  [
    'Failed to allocate memory for requested buffer of size 1099511627776',
    'Got no memory for 1099511627776 bytes more;',
  ],
  ['std::bad_alloc', 'Got no more memory;'],
])('translates: %s', (said, ours) => {
  expect(ourWords(said)).toContain(ours);
});

it('has no words for what it does not know', () => {
  expect(ourWords('bad')).toBeUndefined();
});
