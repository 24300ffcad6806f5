import { Linear, ReLU, Sequential, Tanh, init } from '@gai/nn';
import { argumentError, show } from '../errors.ts';

/** Sizes of the hidden layers: alike for both networks, or each its own. */
export type NetArch = readonly number[] | { readonly pi: readonly number[]; readonly vf: readonly number[] };

/** How layers are made. */
export interface LayerStyle {
  /** Who asks, for messages. */
  readonly op: string;
  readonly activationFn: 'tanh' | 'relu';
  readonly orthoInit: boolean;
}

/** Layers with an activation behind each; refuses an unknown one. */
export function hiddenLayers(sizes: readonly number[], { op, activationFn, orthoInit }: LayerStyle): Sequential {
  if (activationFn !== 'tanh' && activationFn !== 'relu') {
    throw argumentError(
      op,
      `unknown activation. Got ${show(activationFn)}; expected 'tanh' or 'relu'. Write a policy of your own for others.`,
    );
  }
  const layers = sizes.slice(1).flatMap((size, index) => {
    const layer = denseLayer([sizes[index]!, size], orthoInit ? Math.SQRT2 : undefined);
    return [layer, activationFn === 'tanh' ? new Tanh() : new ReLU()];
  });
  return new Sequential(...layers);
}

/** Orthogonal of that gain with a bias of 0, or PyTorch's default without one. */
export function denseLayer([inFeatures, outFeatures]: readonly [number, number], gain: number | undefined): Linear {
  return new Linear({ inFeatures, outFeatures, ...firstWeights(gain) });
}

/** Options for orthogonal first weights of that gain; none without one. */
export function firstWeights(gain: number | undefined) {
  return gain === undefined ? {} : { weightInit: init.orthogonal({ gain }), biasInit: init.zeros() };
}

/** The sizes of both networks; refuses what no layers can be made of. */
export function layerSizes(op: string, netArch: NetArch): { pi: readonly number[]; vf: readonly number[] } {
  const { pi, vf } = 'pi' in netArch ? netArch : { pi: netArch, vf: netArch };
  checkLayers(op, 'pi', pi);
  checkLayers(op, 'vf', vf);
  return { pi, vf };
}

function checkLayers(op: string, name: string, sizes: readonly number[]): void {
  if (Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return;
  throw argumentError(
    op,
    `netArch does not fit. Got ${name} ${show(sizes)}; expected positive whole numbers, such as [64, 64]. Pass the sizes of ` +
      'the hidden layers.',
  );
}
