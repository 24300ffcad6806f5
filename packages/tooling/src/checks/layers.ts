import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { moduleReferences } from '../imports.ts';
import { listFiles } from '../workspace.ts';
import type { Check } from './check.ts';

/** The layers of `packages/core/src`, lowest first. A file imports from its own line or one above it. */
export const coreLayers: readonly (readonly string[])[] = [
  [
    'nearest-name',
    'escaped',
    'error-classes',
    'argument',
    'errors',
    'dtype',
    'dim',
    'dim-text',
    'shape',
    'tree',
    'number',
    'array-text',
    'inspect',
  ],
  ['ir'],
  ['trace'],
  ['ops/shared', 'ops/structural', 'ops/iota'],
  ['ops/compare', 'ops/bitwise'],
  ['ops/elementwise'],
  ['ops/unary'],
  ['ops/trigonometry', 'ops/gamma-functions', 'ops/binary'],
  ['ops/reduce', 'ops/along-axis', 'ops/activation'],
  ['ops/vector-norm'],
  ['ops/movement'],
  ['ops/gated', 'ops/cumulative'],
  ['ops/rearrange', 'ops/triangular'],
  ['ops/creation'],
  ['ops/indexing'],
  ['ops/order'],
  ['ops/scatter', 'ops/at'],
  ['ops/linalg'],
  ['ops/quantized'],
  ['ops/einsum', 'ops/triangular-solve'],
  ['ops/products', 'ops/cholesky'],
  ['ops/conv', 'ops/pool'],
  ['ops/norm', 'ops/resize'],
  ['ops/attention'],
  ['ops/cached-attention'],
  ['transforms'],
  ['onnx'],
  ['backend'],
  ['lowering'],
  ['runtime'],
  ['random', 'linalg', 'quantize', 'io'],
  ['testing'],
  // Public doors: they export from anywhere below, and nothing inside imports them.
  ['index', 'ops/index', 'onnx/index'],
  // All of the first door, as methods.
  ['fluent'],
];

/** Position in `layers` of a file such as `ops/reduce.ts`, or -1. `ops/reduce` covers `ops/reduce-mean.ts` too. */
function layerOf(file: string, layers: readonly (readonly string[])[]): number {
  const name = file.replace(/\.ts$/, '');
  const exact = layers.findIndex((layer) => layer.includes(name));
  if (exact >= 0) return exact;
  return layers.findIndex((layer) =>
    layer.some((entry) => name.startsWith(`${entry}/`) || name.startsWith(`${entry}-`)),
  );
}

/** Violations of the one-way rule in `src`; type-only imports are free. */
export function checkLayers(src: string, layers: readonly (readonly string[])[]): string[] {
  const problems: string[] = [];
  for (const file of listFiles(src, '.ts')) {
    if (/\.test(-d)?\.ts$/.test(file)) continue;
    const from = relative(src, file);
    const layer = layerOf(from, layers);
    if (layer < 0) {
      problems.push(`${from}: belongs to no layer. Add it to coreLayers in packages/tooling/src/checks/layers.ts.`);
      continue;
    }
    for (const { specifier, typeOnly, line } of moduleReferences(file)) {
      if (typeOnly || !specifier.startsWith('.')) continue;
      const to = relative(src, resolve(dirname(file), specifier));
      const target = layerOf(to, layers);
      if (target <= layer) continue;
      const rank = `layer ${layer} (${layers[layer]?.[0]}) must not import layer ${target} (${layers[target]?.[0]})`;
      problems.push(`${from}:${line}: imports ${to}; ${rank}. Move the code down, or import only its types.`);
    }
  }
  return problems;
}

export const layersCheck: Check = {
  name: 'layers',
  run(root) {
    const src = join(root, 'packages/core/src');
    return existsSync(src) ? checkLayers(src, coreLayers) : [`${src} is missing`];
  },
};
