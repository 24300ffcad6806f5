import { plain } from '../terminal/plain.ts';

const SHADES = [' ', '░', '▒', '▓', '█'];
/** Longer tokens are cut in the margin. */
const MARGIN = 12;

/** The weights of one head as text: a row for each token that looks, two characters for each token it looks at. */
export function attentionMap(title: string, tokens: readonly string[], weights: readonly Float32Array[]): string {
  const width = Math.min(MARGIN, Math.max(...tokens.map((token) => token.length)));
  const name = (token: string): string => plain(token, '·').slice(0, width).padEnd(width);
  const rows = weights.map((row, index) => {
    const cells = Array.from(row, (weight) =>
      SHADES[Math.min(SHADES.length - 1, Math.round(weight * (SHADES.length - 1)))]!.repeat(2),
    );
    const most = row.indexOf(Math.max(...row));
    return `  ${name(tokens[index]!)} │${cells.join('')}│ ${row[most]!.toFixed(2)} ${plain(tokens[most]!, '·')}\n`;
  });
  return `${title}\n${rows.join('')}\n`;
}
