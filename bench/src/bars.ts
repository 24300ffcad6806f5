/** What issues 3 and 9 ask for, with one thread. */
interface Bar {
  /** Of the machine's MatMul peak. */
  readonly shareOfPeak?: number;
  /** Times a peer's step takes longer than ours. */
  readonly peerOverOurs?: Readonly<Record<string, number>>;
}

const bars: Readonly<Record<string, Bar>> = {
  mlp: { shareOfPeak: 0.6, peerOverOurs: { 'jax-js': 3, 'tfjs-wasm': 8, 'pytorch-fused': 1.1 } },
  gpt: { shareOfPeak: 0.65, peerOverOurs: { 'jax-js': 4.5, 'tfjs-wasm': 22, pytorch: 1, 'pytorch-compiled': 0.97 } },
  lenet: { shareOfPeak: 0.35, peerOverOurs: { 'jax-js': 10, 'pytorch-channels-last': 1.05 } },
  resnet20: { shareOfPeak: 0.25, peerOverOurs: { 'pytorch-channels-last': 0.8 } },
  depthwise: { peerOverOurs: { 'pytorch-channels-last': 0.8 } },
};

/** In Chromium, our wasm backend beside theirs. */
const browserBars: Readonly<Record<string, Bar>> = {
  mlp: { peerOverOurs: { 'jax-js': 1 } },
  gpt: { peerOverOurs: { 'jax-js': 1.8 } },
};

/** At most, for the first step of the GPT in a new process. */
export const FIRST_STEP_MS = 500;

/** At least, our gain from more threads beside that of MatMul. */
export const SCALING = 0.75;

/** The bars of a line of the result; they are about one thread. */
export function barsOf(line: {
  readonly model: string;
  readonly contender: string;
  readonly threads: number;
  readonly runtime: string;
}): { readonly shareOfPeak: number | undefined; readonly peerOverOurs: number | undefined } {
  const bar = line.threads === 1 ? (line.runtime === 'node' ? bars : browserBars)[line.model] : undefined;
  return { shareOfPeak: bar?.shareOfPeak, peerOverOurs: bar?.peerOverOurs?.[line.contender] };
}
