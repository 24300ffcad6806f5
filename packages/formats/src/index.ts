export { openGguf } from './gguf/open-gguf.ts';
export type { GgufFile, GgufTensorOptions } from './gguf/open-gguf.ts';
export type { GgufValue } from './gguf/metadata.ts';
export type { GgufTensorInfo } from './gguf/header.ts';
export { openNpz } from './npz/open-npz.ts';
export type { NpzFile } from './npz/open-npz.ts';
export { openTorch } from './torch/open-torch.ts';
export type { TorchFile, TorchOptions, TorchValue } from './torch/open-torch.ts';
export type { Source } from './source.ts';
