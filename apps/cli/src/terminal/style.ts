import pc from 'picocolors';

/** A place text is written to. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
  once?(event: 'error', listener: () => void): unknown;
  off?(event: 'error', listener: () => void): unknown;
}

/** Whether text may be drawn over: on a terminal that moves its cursor. */
export function redraws(output: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  return output.isTTY === true && env['TERM'] !== 'dumb';
}

/** Whether colours may be used on `output`: on a terminal that has them, or where FORCE_COLOR asks for them; never with NO_COLOR. */
export function usesColor(output: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return redraws(output, env) || env['FORCE_COLOR'] === '1';
}

/** Text styles for an output; all of them plain where it has no colours. */
export const styleFor = (output: Output): ReturnType<typeof pc.createColors> => pc.createColors(usesColor(output));
