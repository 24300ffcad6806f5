import { frameToAnsi, mapToText, unwrap } from '@gai/rl';
import type { OpenEnv } from './open-env.ts';
import { brief } from './plain.ts';

const COLUMNS = 48;
const ESCAPE = '\u001b[';

/** Text without colours; a letter on a coloured ground gets brackets. */
function withoutColours(text: string): string {
  const [first = '', ...parts] = text.split(ESCAPE);
  let isMarked = false;
  let plain = first;
  for (const part of parts) {
    const end = part.indexOf('m');
    const code = part.slice(0, end);
    const rest = part.slice(end + 1);
    const wasMarked = isMarked;
    isMarked = code.startsWith('4') || (isMarked && code !== '0');
    if (isMarked && !wasMarked) plain += '[';
    if (wasMarked && !isMarked) plain += ']';
    plain += rest;
  }
  return plain;
}

/** What one moment of an env looks like in the terminal; without colours as letters, or as the numbers of its state. */
export function textFrame({ env, model }: OpenEnv, colour: boolean): string {
  const inner = unwrap(env) as { readonly state?: unknown };
  if (model === undefined) {
    const frame = colour ? env.render?.('rgb_array') : undefined;
    return typeof frame === 'object' ? frameToAnsi(frame, { columns: COLUMNS }) : `state ${brief(inner.state)}`;
  }
  if (model.mdp.layout !== undefined && !colour) {
    return mapToText(model.mdp.layout, { agent: Number(inner.state), colour: false }).replace(/^\n/, '');
  }
  const text = env.render?.('ansi');
  if (typeof text !== 'string') return `state ${brief(inner.state)}`;
  return colour ? text : withoutColours(text);
}
