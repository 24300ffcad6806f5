import pc from 'picocolors';

/** A place text is written to. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Whether colours may be used on `output`: a terminal, and NO_COLOR is not set. */
export function usesColor(output: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return (output.isTTY ?? false) || env['FORCE_COLOR'] === '1';
}

/** Text styles for an output; all of them plain where it has no colours. */
export const styleFor = (output: Output): ReturnType<typeof pc.createColors> => pc.createColors(usesColor(output));
