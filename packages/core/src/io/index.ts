export { concatBytes, readSafetensors, writeSafetensors } from './safetensors.ts';
export type { SafetensorsFile } from './safetensors.ts';
export { loadSafetensors, openSafetensors, saveSafetensors, toHostTensors } from './files.ts';
export type { LoadedTensors } from './files.ts';
export { fileSource } from './byte-source.ts';
export type { ByteSource } from './byte-source.ts';
export { lazyTensor, plainElements } from './lazy-tensor.ts';
export type { ElementSource } from './lazy-tensor.ts';
export type { StoredRange, WatchedFile } from '../ir/tensor.ts';
