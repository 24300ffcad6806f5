export { concatBytes, readSafetensors, writeSafetensors } from './safetensors.ts';
export type { SafetensorsFile } from './safetensors.ts';
export { loadSafetensors, openSafetensors, saveSafetensors, toHostTensors } from './files.ts';
export type { LoadedTensors } from './files.ts';
