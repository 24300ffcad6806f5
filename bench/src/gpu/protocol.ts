/** What the parts print, one JSON object a line; a part that dies leaves what it printed. */
export type Line =
  | {
      readonly kind: 'device';
      readonly device: string;
      readonly adapter: string;
      readonly software: boolean;
      readonly lacks: readonly string[];
    }
  | { readonly kind: 'absent'; readonly reasons: Readonly<Record<string, string>> }
  | { readonly kind: 'begin'; readonly what: string }
  | {
      readonly kind: 'train';
      readonly what: string;
      /** Examples of a step. */
      readonly batch: number;
      /** Milliseconds of a step, median. */
      readonly gpuMs: number;
      readonly cpuMs: number;
      readonly cpuThreads: number;
      /** The largest difference of the losses of the first steps. */
      readonly difference: number;
      readonly losses: readonly number[];
    }
  | {
      readonly kind: 'op';
      readonly what: string;
      readonly problems: readonly string[];
      /** Samples that the library refuses on this device by name. */
      readonly refused: readonly string[];
    }
  /** It was ended because its time was over. */
  | { readonly kind: 'late'; readonly what: string }
  | { readonly kind: 'failed'; readonly what: string; readonly reason: string };

/** Prints a line of the protocol. */
export function tell(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
