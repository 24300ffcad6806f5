import type { RenderMode, RgbFrame } from '../env.ts';
import { argumentError, show } from '../errors.ts';
import { frameToAnsi } from './terminal.ts';

/** An RGB frame as the render mode wants it: itself, or drawn in characters. */
export function presentFrame(frame: RgbFrame, mode: RenderMode): string | RgbFrame {
  if (mode === 'rgb_array') return frame;
  if (mode === 'ansi') return frameToAnsi(frame, { columns: 60 });
  throw argumentError('render', `unknown mode. Got ${show(mode)}; expected 'ansi' or 'rgb_array'. Pick one.`);
}
