import { DataError } from '@gai/core';

/** An error about PNG data in the common form. */
export function pngError(problem: string, got: string, rule: string): DataError {
  return new DataError(`decodePng: ${problem}. Got ${got}; expected ${rule}.`, { op: 'decodePng' });
}

/** What to do with a file that is damaged. */
export const SAVE_AGAIN = 'The file is damaged or no PNG: save it again';
