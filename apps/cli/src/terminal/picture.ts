/** A picture to draw: brightness 0 to 1 row by row, and how strongly each pixel is marked (0 to 1). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: ArrayLike<number>;
  readonly marks?: ArrayLike<number> | undefined;
}

const ESCAPE = '\u001b[';

/** Grey, drawn toward red and yellow where the mark is strong. */
function colorOf(picture: Picture, row: number, column: number): readonly [number, number, number] {
  const at = row * picture.width + column;
  const grey = row < picture.height ? Math.min(1, Math.max(0, picture.pixels[at] ?? 0)) : 0;
  const mark = Math.min(1, Math.max(0, picture.marks?.[at] ?? 0));
  const red = Math.round(255 * Math.max(grey, mark));
  const green = Math.round(255 * grey * (1 - 0.4 * mark));
  const blue = Math.round(255 * grey * (1 - 0.9 * mark));
  return [red, green, blue];
}

/** Two rows of pixels per line of text, in 24-bit colour. */
function colorLines(picture: Picture): string[] {
  return Array.from({ length: Math.ceil(picture.height / 2) }, (_, line) => {
    const cells = Array.from({ length: picture.width }, (_, column) => {
      const top = colorOf(picture, line * 2, column).join(';');
      const bottom = colorOf(picture, line * 2 + 1, column).join(';');
      return `${ESCAPE}38;2;${top};48;2;${bottom}m▀`;
    });
    return `${cells.join('')}${ESCAPE}0m`;
  });
}

// The dots of a Braille character, by row and column, as bits of its code point.
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Eight pixels per character, black and white. */
function plainLines(picture: Picture): string[] {
  return Array.from({ length: Math.ceil(picture.height / 4) }, (_, line) =>
    Array.from({ length: Math.ceil(picture.width / 2) }, (_, cell) => {
      let code = 0x2800;
      DOTS.forEach((bits, row) => {
        bits.forEach((bit, column) => {
          const [y, x] = [line * 4 + row, cell * 2 + column];
          const inside = y < picture.height && x < picture.width;
          if (inside && (picture.pixels[y * picture.width + x] ?? 0) > 0.4) code |= bit;
        });
      });
      return String.fromCodePoint(code);
    }).join(''),
  );
}

/** The lines of a picture and how many characters wide each is. */
export function drawPicture(picture: Picture, color: boolean): { lines: string[]; width: number } {
  if (color) return { lines: colorLines(picture), width: picture.width };
  return { lines: plainLines(picture), width: Math.ceil(picture.width / 2) };
}

/** Pictures side by side with a caption under each, wrapped to `columns`. */
export function drawGallery(
  pictures: readonly { readonly picture: Picture; readonly caption: string }[],
  { color, columns }: { readonly color: boolean; readonly columns: number },
): string {
  const drawn = pictures.map(({ picture, caption }) => ({ ...drawPicture(picture, color), caption }));
  const cell = Math.max(1, ...drawn.map(({ width, caption }) => Math.max(width, caption.length)));
  const perRow = Math.max(1, Math.floor((columns + 2) / (cell + 2)));
  const blocks: string[] = [];
  for (let start = 0; start < drawn.length; start += perRow) {
    const row = drawn.slice(start, start + perRow);
    const height = Math.max(...row.map(({ lines }) => lines.length));
    for (let line = 0; line < height; line++) {
      blocks.push(
        row.map(({ lines, width }) => `${lines[line] ?? ' '.repeat(width)}${' '.repeat(cell - width)}`).join('  '),
      );
    }
    blocks.push(
      row
        .map(({ caption }) => caption.padEnd(cell))
        .join('  ')
        .trimEnd(),
      '',
    );
  }
  return blocks.join('\n');
}
