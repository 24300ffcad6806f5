import pc from 'picocolors';

/** A place text is written to. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Whether the user or the terminal wants plain text: no colours and no movement of the cursor. */
function isPlain(env: NodeJS.ProcessEnv): boolean {
  return (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
}

/** Whether text may be drawn over: on a terminal that moves its cursor. */
export function redraws(output: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  return output.isTTY === true && !isPlain(env);
}

/** Whether colours may be used on `output`: on a terminal that has them, or where FORCE_COLOR asks for them. */
export function usesColor(output: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  return redraws(output, env) || (env['FORCE_COLOR'] === '1' && (env['NO_COLOR'] ?? '') === '');
}

/** Text styles for an output; all of them plain where it has no colours. */
export const styleFor = (output: Output): ReturnType<typeof pc.createColors> => pc.createColors(usesColor(output));
