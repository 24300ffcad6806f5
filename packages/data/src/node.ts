export { loadDigits } from './datasets/digits/load-digits.ts';
export type { DigitsOptions } from './datasets/digits/load-digits.ts';
export { loadIdxFolder } from './datasets/idx-folder/load-idx-folder.ts';
export type { IdxFolderOptions } from './datasets/idx-folder/load-idx-folder.ts';
export { readPng, writePng } from './files/png-file.ts';
export type { ReadPngOptions } from './files/png-file.ts';
export type { ImageRow, TrainTest } from './datasets/image-row.ts';
