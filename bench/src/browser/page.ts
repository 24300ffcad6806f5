/** What runs in the page: our wasm backend beside the peers, in turns. */
import { webBackend } from '@gai/backend-web';
import type { Contender } from '../contenders/contender.ts';
import { jaxJs } from '../contenders/jax-js/index.ts';
import { setWasmPaths, tfjsWasm, tfjsWasmByHand } from '../contenders/tfjs/index.ts';
import { models } from '../models/index.ts';
import type { Row } from '../report.ts';
import { timeModel } from '../time-model.ts';

/** What the page is asked to do. */
export interface PageSettings {
  readonly model: string;
  readonly contenders: readonly string[];
  readonly threads: number | undefined;
  readonly rounds: number;
  readonly limitMs: number;
}

const peers: readonly Contender[] = [jaxJs, tfjsWasm, tfjsWasmByHand];

/** Times one model; the page is new for each, because the first backend of a page decides about threads. */
export async function timeInPage({ model, contenders, threads, ...rest }: PageSettings): Promise<Row[]> {
  setWasmPaths('/tfjs/');
  const backend = await webBackend({ device: 'wasm', threads, wasmPaths: '/ort/', strict: true });
  const wanted = peers.filter(({ name }) => contenders.includes(name));
  const bench = models.find(({ name }) => name === model)!;
  // The peers take what the page has.
  const { crossOriginIsolated: isolated, navigator } = globalThis as {
    crossOriginIsolated?: boolean;
    navigator?: { readonly hardwareConcurrency: number };
  };
  const timed = {
    backends: [backend],
    peers: wanted,
    peerThreads: isolated === true ? (navigator?.hardwareConcurrency ?? 1) : 1,
  };
  return timeModel(bench, { ...timed, ...rest, runtime: 'chromium', clock: 'wall' });
}

Object.assign(globalThis, { timeInPage });
