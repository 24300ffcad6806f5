/** What ONNX Runtime says where a graph fails, and the same in our words: what it got, and what it expected. */
const WORDS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /idx=(-?\d+) must be within (?:the inclusive range )?\[-?0,-1\]/,
    'Got the index $1; expected none, since the axis is empty. Look at what the indices (labels, tokens) are made of.',
  ],
  [
    /idx=(-?\d+) must be within (?:the inclusive range )?\[(-?\d+),(-?\d+)\]/,
    'Got the index $1; expected $2 to $3, which the axis has. Look at what the indices (labels, tokens) are made of.',
  ],
  [
    /cannot be reshaped to the requested shape.*?Input shape:\s*\{([^}]*)\},? requested shape:\s*\{([^}]*)\}/i,
    'Got a tensor of [$1] to be made [$2]; expected as many elements. Look at the sizes that were given.',
  ],
  [
    /Attempting to broadcast an axis by a dimension other than 1\. (\d+) by (\d+)/,
    'Got the sizes $1 and $2 on one axis; expected equal ones, or 1. Look at the shapes that were given.',
  ],
  [
    /LeftShape: \{([^}]*)\}, RightShape: \{([^}]*)\}/,
    'Got [$1] and [$2]; expected shapes that broadcast. Look at the shapes that were given.',
  ],
  [
    /dimension mismatch.*?\[?\{([^}]*)\}.*?\{([^}]*)\}/i,
    'Got [$1] and [$2]; expected sizes that fit. Look at the shapes that were given.',
  ],
  [
    /Non concat axis dimensions must match: Axis (\d+) has mismatched dimensions of (\d+) and (\d+)/,
    'Got the sizes $2 and $3 on axis $1; expected equal ones beside the axis that is joined. Look at the shapes.',
  ],
  [
    /Invalid rank for input: (\S+) Got: (\d+) Expected: (\d+)/,
    "Got $2 axes for the input '$1'; expected $3. Reshape what is given.",
  ],
  [
    /invalid dimensions for input: (\S+) for the following indices.*?index: (\d+) Got: (\d+) Expected: (\d+)/is,
    "Got the size $3 on axis $2 of the input '$1'; expected $4. Look at the shape of what is given.",
  ],
  [
    /Failed to allocate memory for requested buffer of size (\d+)/,
    'Got no memory for $1 bytes more; expected room for the result. Take a smaller batch, or free tensors with dispose.',
  ],
  [
    /bad_alloc|out of memory/i,
    'Got no more memory; expected room for the result. Take a smaller batch, or free tensors.',
  ],
];

/** What went wrong in our words, if the runtime's are known. */
export function ourWords(said: string): string | undefined {
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(said);
    if (found !== null) return words.replace(/\$(\d)/g, (_, group: string) => listed(found[Number(group)] ?? ''));
  }
  return undefined;
}

/** Sizes as we write them, with commas alone. */
const listed = (text: string): string => text.replace(/,\s+/g, ',');
