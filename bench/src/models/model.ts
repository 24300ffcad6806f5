/** One layer of a chain; every contender builds it in its own best way. Layouts are PyTorch's. */
export type LayerSpec =
  | LinearSpec
  | ConvSpec
  /** Over batch and places, with the statistics of the batch. */
  | { readonly kind: 'batchNorm'; readonly size: number }
  /** Over the last axis. */
  | { readonly kind: 'layerNorm'; readonly size: number }
  /** Window and stride of `size`. */
  | { readonly kind: 'maxPool'; readonly size: number }
  /** The mean of all places of a channel. */
  | { readonly kind: 'globalAvgPool' }
  | { readonly kind: 'relu' }
  /** With the tanh formula. */
  | { readonly kind: 'gelu' }
  | { readonly kind: 'flatten' }
  | EmbeddingSpec
  | AttentionSpec
  | ResidualSpec;

/** On the last axis. */
export interface LinearSpec {
  readonly kind: 'linear';
  readonly inputs: number;
  readonly outputs: number;
  /** Default true. */
  readonly bias?: boolean;
}

/** A square kernel on square images. */
export interface ConvSpec {
  readonly kind: 'conv';
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly padding: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
}

/** A learned vector per token, plus one per place. */
export interface EmbeddingSpec {
  readonly kind: 'embedding';
  readonly vocabulary: number;
  readonly length: number;
  readonly width: number;
}

/** Causal self-attention: queries, keys and values by one linear layer `qkv`, another, `proj`, after it. */
export interface AttentionSpec {
  readonly kind: 'attention';
  readonly length: number;
  readonly width: number;
  readonly heads: number;
}

/** The sum of a chain and of its input, or of a second chain. */
export interface ResidualSpec {
  readonly kind: 'residual';
  readonly body: readonly LayerSpec[];
  readonly shortcut?: readonly LayerSpec[];
}

/** A model that is trained with cross-entropy. */
export interface BenchModel {
  readonly name: string;
  readonly batchSize: number;
  /** Of one example. */
  readonly inputShape: readonly number[];
  /** A chain that begins with an embedding takes tokens, one label each; any other takes numbers, one label a row. */
  readonly layers: readonly LayerSpec[];
  readonly classes: number;
  readonly optimizer: 'adam' | 'adamW';
  /** Steps whose losses must agree before anything is timed. */
  readonly agreeingSteps: number;
  /** How far the losses after the first may lie apart. */
  readonly tolerance: number;
}

/** Whether a model reads tokens. */
export const readsTokens = ({ layers }: BenchModel): boolean => layers[0]?.kind === 'embedding';

/** Shapes of the parameters by name: the layer's place, then `weight` or `bias`. */
export function parametersOf({ layers }: BenchModel): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  addParameters(layers, '', shapes);
  return shapes;
}

function addParameters(layers: readonly LayerSpec[], path: string, shapes: Map<string, readonly number[]>): void {
  for (const [place, layer] of layers.entries()) {
    const own = `${path}${place}`;
    for (const [name, shape] of parametersOfLayer(layer)) shapes.set(`${own}.${name}`, shape);
    if (layer.kind !== 'residual') continue;
    addParameters(layer.body, `${own}.body.`, shapes);
    addParameters(layer.shortcut ?? [], `${own}.shortcut.`, shapes);
  }
}

const linearShapes = (name: string, inputs: number, outputs: number): [string, number[]][] => [
  [`${name}weight`, [outputs, inputs]],
  [`${name}bias`, [outputs]],
];

function parametersOfLayer(layer: LayerSpec): [string, number[]][] {
  switch (layer.kind) {
    case 'linear':
      return linearShapes('', layer.inputs, layer.outputs).slice(0, layer.bias === false ? 1 : 2);
    case 'conv': {
      const { inputs, outputs, kernel, groups = 1, bias = true } = layer;
      const weight: [string, number[]] = ['weight', [outputs, inputs / groups, kernel, kernel]];
      return bias ? [weight, ['bias', [outputs]]] : [weight];
    }
    case 'batchNorm':
    case 'layerNorm':
      return [
        ['weight', [layer.size]],
        ['bias', [layer.size]],
      ];
    case 'embedding':
      return [
        ['tokens.weight', [layer.vocabulary, layer.width]],
        ['positions.weight', [layer.length, layer.width]],
      ];
    case 'attention':
      return [
        ...linearShapes('qkv.', layer.width, 3 * layer.width),
        ...linearShapes('proj.', layer.width, layer.width),
      ];
    default:
      return [];
  }
}
