/** Four times the work takes 4 times as long, 16 times if it is quadratic; between them is room for sorting and noise. */
const MOST = 9;
/** Milliseconds of processor time that the first size takes at least. */
const LEAST = 8;
const ROUNDS = 3;
/** A busy machine may look quadratic once; work that is quadratic looks so each time, at whatever size. */
const TRIALS = 3;

/**
 * Checks that the time of some work grows with its size and no faster: the processor time at n, 2n and 4n, the least of
 * three rounds each, where n is doubled from `from` until the work takes some milliseconds. For Node only.
 *
 * @param prepare - Makes the work for a size; only what it returns is timed. An error that the work throws is its end.
 * @param from - The first size tried. Default 1000.
 * @returns What is wrong, with the times; undefined if the work is linear.
 * @example
 * await checkLinear((size) => {
 *   const text = ' '.repeat(size);
 *   return () => text.trim();
 * }); // => undefined
 * @category Testing
 */
export async function checkLinear(prepare: (size: number) => () => unknown, from = 1000): Promise<string | undefined> {
  let size = from;
  while ((await timed(prepare(size))) < LEAST && size < 2 ** 23) size *= 2;
  let found: string | undefined;
  for (let trial = 0; trial < TRIALS; trial++) {
    found = await compare(prepare, [size, 2 * size, 4 * size]);
    if (found === undefined) return undefined;
  }
  return found;
}

async function compare(
  prepare: (size: number) => () => unknown,
  sizes: readonly number[],
): Promise<string | undefined> {
  const times = sizes.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, size] of sizes.entries()) times[index] = Math.min(times[index]!, await timed(prepare(size)));
  }
  if (times.at(-1)! <= MOST * Math.max(times[0]!, LEAST / 2)) return undefined;
  const shown = sizes.map((size, index) => `${times[index]!.toFixed(1)} ms at ${size}`).join(', ');
  return `not linear: ${shown}; expected at most ${MOST} times as long for 4 times as much`;
}

/** Milliseconds of processor time. */
async function timed(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  try {
    await work();
  } catch {
    // An input that is refused has been read, too.
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
