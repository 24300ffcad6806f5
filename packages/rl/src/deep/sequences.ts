/** Sequences of a minibatch, laid side by side: `lanes` of `length` steps each, one of which may be shorter. */
export interface Sequences {
  /** Rows of the rollout, in order. */
  readonly index: Int32Array;
  /** `[length, lanes]`: the row at each step of each lane; row 0 behind the end of a lane. */
  readonly steps: Int32Array;
  /** `[lanes]`: the first row of each. */
  readonly first: Int32Array;
  /** Where in `steps` each row of `index` is. */
  readonly places: Int32Array;
}

/** How sequences are cut. */
export interface SequenceSizes {
  /** Steps of each env in a rollout. */
  readonly nSteps: number;
  readonly numEnvs: number;
  readonly batchSize: number;
}

/** Lanes and their length that any minibatch of these sizes has room in. */
export function laneSizes({ nSteps, numEnvs, batchSize }: SequenceSizes): { lanes: number; length: number } {
  const rows = Math.min(batchSize, nSteps * numEnvs);
  return { lanes: 1 + Math.ceil((rows - 1) / nSteps), length: Math.min(rows, nSteps) };
}

/**
 * Cuts a rollout into minibatches of steps that follow each other, as sb3-contrib does: all envs one behind the other, begun at
 * `split` and round to it again. A lane is what one env did in a minibatch; episodes that end within one reset the memory there.
 *
 * All minibatches of a rollout have lanes of the same number and length, so that one graph takes them: what is left of a lane is read
 * and never asked about.
 */
export function sequences(sizes: SequenceSizes, split: number): Sequences[] {
  const { nSteps, numEnvs, batchSize } = sizes;
  const total = nSteps * numEnvs;
  const rowOf = (place: number): number => (place % nSteps) * numEnvs + Math.floor(place / nSteps);
  return Array.from({ length: Math.ceil(total / batchSize) }, (_, part) => {
    const count = Math.min(batchSize, total - part * batchSize);
    const places = Array.from({ length: count }, (_one, at) => (split + part * batchSize + at) % total);
    return lanesOf(places.map(rowOf), { ...sizes, ...laneSizes(sizes), begins: (at) => places[at]! % nSteps === 0 });
  });
}

/** Rows that follow each other, in a lane per env. */
function lanesOf(
  rows: readonly number[],
  {
    lanes,
    length,
    begins,
  }: { readonly lanes: number; readonly length: number; readonly begins: (at: number) => boolean },
): Sequences {
  const steps = new Int32Array(length * lanes);
  const first = new Int32Array(lanes);
  const places = new Int32Array(rows.length);
  let [lane, step] = [-1, 0];
  rows.forEach((row, at) => {
    if (at === 0 || begins(at)) {
      lane++;
      step = 0;
      first[lane] = row;
    }
    const place = step++ * lanes + lane;
    steps[place] = row;
    places[at] = place;
  });
  return { index: Int32Array.from(rows), steps, first, places };
}
