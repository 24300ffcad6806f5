export { parseCifar10 } from './cifar10.ts';
export type { Cifar10Rows } from './cifar10.ts';
export { DataLoader } from './data-loader.ts';
export type { BatchMap, DataLoaderOptions, MapContext } from './data-loader.ts';
export { Dataset, dataset } from './dataset.ts';
export type { Parts } from './dataset.ts';
export type { HostArray, NumberArray } from './host-array.ts';
export { parseIdx } from './idx.ts';
export type { IdxArray, IdxData } from './idx.ts';
export { kFold } from './k-fold.ts';
export type { Fold, KFoldOptions } from './k-fold.ts';
export { convertChannels } from './png/convert-channels.ts';
export { decodePng } from './png/decode-png.ts';
export type { DecodePngOptions } from './png/decode-png.ts';
export { encodeApng } from './png/encode-apng.ts';
export { encodePng } from './png/encode-png.ts';
export type { Image } from './png/image.ts';
export { CounterRandom } from './random.ts';
export type { CellType } from './text/cell-types.ts';
export { parseCsv } from './text/parse-csv.ts';
export type { CsvOptions } from './text/parse-csv.ts';
export { parseJsonl } from './text/parse-jsonl.ts';
export type { JsonlOptions } from './text/parse-jsonl.ts';
export { packed } from './tokens/packed.ts';
export type { PackedBatch, PackedLoader, PackedOptions } from './tokens/packed.ts';
export { tokenArray } from './tokens/token-array.ts';
export type { TokenArrayOptions } from './tokens/token-array.ts';
export type { TokenSource } from './tokens/token-source.ts';
export { normalize } from './transforms/normalize.ts';
export type { NormalizeOptions } from './transforms/normalize.ts';
export { pipeline } from './transforms/pipeline.ts';
export type {
  ArrayColumnSource,
  Batch,
  Cell,
  CellOfItem,
  ColumnSource,
  DatasetOptions,
  HostBatch,
  LoaderState,
  NestedNumbers,
  RowOfColumns,
  RowOfObjects,
} from './types.ts';
