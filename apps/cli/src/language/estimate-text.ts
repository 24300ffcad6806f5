/** What `gai estimate` finds; null for what was never published. */
export interface Estimate {
  readonly preset: string | null;
  readonly published: string | null;
  readonly architecture: string | null;
  readonly parameters: number | null;
  /** Of the weights in two dtypes, and of training in float32: weights, gradients and two moments. */
  readonly bytes: { readonly float32: number; readonly float16: number; readonly adam: number } | null;
  /** For each token of texts of `context` tokens. */
  readonly flopsPerToken: { readonly run: number; readonly train: number; readonly context: number } | null;
  readonly machine: { readonly flopsPerSecond: number; readonly measured: boolean } | null;
  readonly seconds: {
    readonly perToken: number;
    readonly perTrainedToken: number;
    readonly perEpoch: number;
    readonly tokensPerEpoch: number;
  } | null;
  readonly notDisclosed: readonly string[];
}

/** The same for people. */
export function estimateText({ architecture, parameters, bytes, published, notDisclosed, ...rest }: Estimate): string {
  const rows: [name: string, text: string][] = [];
  if (published !== null) rows.push(['published', published]);
  if (parameters !== null && bytes !== null) {
    rows.push(['class', String(architecture)]);
    rows.push(['parameters', `${parameters.toLocaleString('en')} (${count(parameters)})`]);
    rows.push(['weights', `${short(bytes.float32)}B in float32, ${short(bytes.float16)}B in float16`]);
    rows.push(['training', `${short(bytes.adam)}B with Adam in float32, and what the layers keep for the way back`]);
  }
  rows.push(...timeRows(rest));
  for (const what of notDisclosed) rows.push(['not disclosed', what]);
  return rows.map(([name, text]) => `${name.padEnd(14)} ${text}\n`).join('');
}

function timeRows({
  flopsPerToken: flops,
  machine,
  seconds,
}: Pick<Estimate, 'flopsPerToken' | 'machine' | 'seconds'>): [name: string, text: string][] {
  if (flops === null || machine === null || seconds === null) return [];
  const how = machine.measured ? 'measured: a product of 1024 by 1024 matrices, the best of five' : 'as --speed says';
  const operations = `${short(flops.run)}FLOP to run, ${short(flops.train)}FLOP to train, in texts of ${flops.context} tokens`;
  return [
    ['per token', operations],
    ['this machine', `${short(machine.flopsPerSecond)}FLOP/s (${how})`],
    ['time', `${duration(seconds.perToken)} a token to run, ${duration(seconds.perTrainedToken)} to train, at best`],
    ['epoch', `${duration(seconds.perEpoch)} for ${count(seconds.tokensPerEpoch)} tokens, at best`],
  ];
}

const UNITS = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Three digits and a unit: `117 M`. */
function short(value: number): string {
  const [size, unit] = UNITS.find(([least]) => value >= least * 0.9995) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))} ${unit}`;
}

/** The same for what is counted: a billion is no giga. */
const count = (value: number): string => short(value).replace('G', 'B').trimEnd();

const TIMES = [
  [31_557_600, 'years'],
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
] as const;

function duration(seconds: number): string {
  const [size, unit] = TIMES.find(([least]) => seconds >= least) ?? [1e-9, 'ns'];
  return `${Number((seconds / size).toPrecision(3)).toLocaleString('en')} ${unit}`;
}
