import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { computeFans } from '../init/fans.ts';
import { defaultBias, defaultWeight } from '../init/defaults.ts';
import type { Initializer } from '../init/initializer.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';

/** What the options of all convolution layers share. */
export interface ConvLayerOptions {
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** Parts that the channels are divided into, each with kernels of its own. Default 1. */
  readonly groups?: number | undefined;
  /** Whether a bias is added to each output channel. Default true. */
  readonly bias?: boolean | undefined;
  /** First value of the weight. Default: uniform over ±1/√fanIn, fanIn = inChannels / groups · kernel size. */
  readonly weightInit?: Initializer | undefined;
  /** First value of the bias. Default: uniform over ±1/√fanIn. */
  readonly biasInit?: Initializer | undefined;
}

const LAYOUTS = [
  '',
  '[batch, channels, length]',
  '[batch, channels, height, width]',
  '[batch, channels, depth, height, width]',
];

/** One size for every axis, or one each. */
export function extentsOf(layer: string, rank: number, kernelSize: number | readonly number[]): number[] {
  const list = typeof kernelSize === 'number' ? Array.from({ length: rank }, () => kernelSize) : [...kernelSize];
  if (list.length !== rank) {
    throw new ArgumentError(
      `${layer}: kernelSize has the wrong length. Got ${JSON.stringify(kernelSize)}; expected a whole number of at ` +
        `least 1, or ${rank} of them. Change kernelSize.`,
      { op: layer },
    );
  }
  checkSizes(layer, Object.fromEntries(list.map((size, axis) => [`kernelSize[${axis}]`, size])));
  return list;
}

/** Refuses channels that cannot be divided into the groups. */
export function checkGroups(
  layer: string,
  channels: { readonly inChannels: number; readonly outChannels: number; readonly groups: number },
): void {
  const { inChannels, outChannels, groups } = channels;
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ArgumentError(
    `${layer}: channels do not divide into groups. Got inChannels ${inChannels}, outChannels ${outChannels} and groups ` +
      `${groups}; expected both to be multiples of ${groups}.`,
    { op: layer, details: channels },
  );
}

/** Weight, bias and checks of a convolution layer. */
export abstract class ConvLayer extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;

  constructor(
    options: ConvLayerOptions,
    {
      layer,
      kernel,
      transposed,
    }: { readonly layer: string; readonly kernel: readonly number[]; readonly transposed: boolean },
  ) {
    super();
    const { inChannels, outChannels, groups = 1, bias = true } = options;
    checkSizes(layer, { inChannels, outChannels, groups });
    checkGroups(layer, { inChannels, outChannels, groups });
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.groups = groups;
    const channels = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    const shape = [...channels, ...kernel];
    this.weight = new Parameter((options.weightInit ?? defaultWeight)(shape));
    const biasInit = options.biasInit ?? defaultBias(computeFans(shape).fanIn);
    this.bias = bias ? new Parameter(biasInit([outChannels])) : null;
  }

  /** Refuses an input that is no batch with the layer's channels. */
  protected check(layer: string, x: Tensor, rank: number): void {
    const axis = { at: 1, size: this.inChannels, option: 'inChannels' };
    checkInput(layer, x, { layout: LAYOUTS[rank]!, ranks: [rank + 2], axis });
  }
}
