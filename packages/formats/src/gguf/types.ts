/** One element type of GGUF files. */
export interface GgmlFormat {
  readonly name: string;
  /** Neighbouring elements that are stored together. */
  readonly block: number;
  /** Bytes of such a block. */
  readonly bytes: number;
}

/** Elements of a block of the older formats, and of one whose name ends in K or begins with IQ. */
const [SMALL, LARGE] = [32, 256];

/**
 * The element types by their number in the file. What was removed from the format has no line. Of those that are not
 * read the size is known all the same, so that the rest of the file can be.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export const GGML_FORMATS: ReadonlyMap<number, GgmlFormat> = new Map(
  (
    [
      [0, 'F32', 1, 4],
      [1, 'F16', 1, 2],
      [2, 'Q4_0', SMALL, 18],
      [3, 'Q4_1', SMALL, 20],
      [6, 'Q5_0', SMALL, 22],
      [7, 'Q5_1', SMALL, 24],
      [8, 'Q8_0', SMALL, 34],
      [9, 'Q8_1', SMALL, 40],
      [10, 'Q2_K', LARGE, 84],
      [11, 'Q3_K', LARGE, 110],
      [12, 'Q4_K', LARGE, 144],
      [13, 'Q5_K', LARGE, 176],
      [14, 'Q6_K', LARGE, 210],
      [15, 'Q8_K', LARGE, 292],
      [16, 'IQ2_XXS', LARGE, 66],
      [17, 'IQ2_XS', LARGE, 74],
      [18, 'IQ3_XXS', LARGE, 98],
      [19, 'IQ1_S', LARGE, 50],
      [20, 'IQ4_NL', SMALL, 18],
      [21, 'IQ3_S', LARGE, 110],
      [22, 'IQ2_S', LARGE, 82],
      [23, 'IQ4_XS', LARGE, 136],
      [24, 'I8', 1, 1],
      [25, 'I16', 1, 2],
      [26, 'I32', 1, 4],
      [27, 'I64', 1, 8],
      [28, 'F64', 1, 8],
      [29, 'IQ1_M', LARGE, 56],
      [30, 'BF16', 1, 2],
      [34, 'TQ1_0', LARGE, 54],
      [35, 'TQ2_0', LARGE, 66],
      [39, 'MXFP4', SMALL, 17],
    ] as const
  ).map(([number, name, block, bytes]) => [number, { name, block, bytes }]),
);
