import type { Capabilities } from '../ir/capabilities.ts';
import { PORTABLE_KERNELS } from '../onnx/portable-kernels.ts';
import { WEBGPU_KERNELS } from './webgpu-kernels.ts';

/**
 * What ONNX Runtime's provider for CPUs can do, as measured.
 * @category Backends
 */
export const cpuCapabilities = {
  opset: 21,
  loops: true,
  branches: true,
  sizesOnHost: true,
  pieces: true,
  productsBeatConvolutions: true,
  splitOutputs: Infinity,
  preferred: [
    'com.microsoft.FusedMatMul',
    'com.microsoft.MatMulNBits',
    'com.microsoft.QuickGelu',
    'SimplifiedLayerNormalization',
    'BitShift',
  ],
  faults: ['integer-overflow'],
  kernels: PORTABLE_KERNELS,
} as const satisfies Partial<Capabilities>;

/**
 * What its build of WebAssembly can do: the same kernels, without the wide vectors in which sums are added.
 * @category Backends
 */
export const wasmCapabilities = {
  ...cpuCapabilities,
  faults: ['integer-overflow', 'sums-in-sequence'],
} as const satisfies Partial<Capabilities>;

/**
 * What ONNX Runtime's provider for WebGPU can do, as measured in Node and in Chromium.
 * @category Backends
 */
export const webgpuCapabilities = {
  opset: 21,
  loops: false,
  branches: false,
  sizesOnHost: false,
  pieces: false,
  productsBeatConvolutions: false,
  // It binds few buffers to a shader.
  splitOutputs: 8,
  preferred: ['com.microsoft.MatMulNBits'],
  faults: ['inexact-functions', 'conv-end-pads', 'narrow-groups', 'slice-steps'],
  kernels: WEBGPU_KERNELS,
} as const satisfies Partial<Capabilities>;
