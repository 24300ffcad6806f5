import { loadDigits, loadIdxFolder } from '@gai/data/node';

/** Pictures `x` `[1, 28, 28]` in 0..1 and labels `y`. */
export type DigitsDataset = Awaited<ReturnType<typeof loadDigits>>['train'];

/** Pictures to learn from and to test on. */
export interface DigitsData {
  readonly name: string;
  readonly train: DigitsDataset;
  readonly test: DigitsDataset;
}

/** The digits that come along, or an IDX folder. */
export async function loadDigitsData(folder: string | undefined): Promise<DigitsData> {
  if (folder === undefined) return { name: 'Handwritten digits', ...(await loadDigits()) };
  return { name: folder, ...(await loadIdxFolder(folder)) };
}
