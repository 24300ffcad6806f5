export { DataLoader } from './data-loader.ts';
export type { BatchMap, DataLoaderOptions, MapContext } from './data-loader.ts';
export { Dataset, dataset } from './dataset.ts';
export type { Parts } from './dataset.ts';
export type { HostArray, NumberArray } from './host-array.ts';
export { parseIdx } from './idx.ts';
export type { IdxArray, IdxData } from './idx.ts';
export { convertChannels } from './png/convert-channels.ts';
export { decodePng } from './png/decode-png.ts';
export type { DecodePngOptions } from './png/decode-png.ts';
export { encodePng } from './png/encode-png.ts';
export type { Image } from './png/image.ts';
export { CounterRandom } from './random.ts';
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
