/**
 * A picture in memory: 8-bit samples, rows from the top, channels last (`data[(y · width + x) · channels + c]`).
 * @category Formats
 */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}
