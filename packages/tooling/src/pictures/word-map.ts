import { project } from './principal.ts';

/** A word with its vector; the words of a group have one colour. */
export interface PlacedWord {
  readonly word: string;
  readonly group: string;
  readonly vector: readonly number[];
}

const [WIDTH, HEIGHT, MARGIN, LEGEND] = [640, 420, 36, 28];

/** Colours that can be told apart on a light and on a dark page, also by most who see few colours. */
const COLOURS = ['#2f7fd6', '#d9722e', '#2f9e6e', '#b05ccc', '#c2527a'];

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Where each label begins, and its middle: beside its point, where it covers no other label or point if there is such a place. */
function placeLabels(points: readonly (readonly [number, number])[], words: readonly string[]): [number, number][] {
  const taken: Box[] = points.map(([x, y]) => ({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 }));
  return points.map(([x, y], i) => {
    const width = 7.2 * words[i]!.length;
    const choices = [0, -9, 9, -16, 16, -24, 24].flatMap((down) => [
      [x + 7, y + down] as [number, number],
      [x - 7 - width, y + down] as [number, number],
    ]);
    const boxOf = ([left, middle]: readonly [number, number]): Box => ({
      left,
      right: left + width,
      top: middle - 6,
      bottom: middle + 6,
    });
    const free = choices.filter((choice) => choice[0] >= 0 && choice[0] + width <= WIDTH);
    const chosen = free.find((choice) => !taken.some((other) => overlap(boxOf(choice), other))) ?? free[0]!;
    taken.push(boxOf(chosen));
    return chosen;
  });
}

/** An SVG picture of words on the plane of their two principal components. Text takes the colour of the page. */
export function wordMap(words: readonly PlacedWord[]): string {
  const { points, explained } = project(words.map(({ vector }) => vector));
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const place = (value: number, values: readonly number[], size: number): number => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return MARGIN + ((value - low) / (high - low)) * (size - 2 * MARGIN);
  };
  const groups = [...new Set(words.map(({ group }) => group))];
  const places = words.map((_, i) => [
    place(xs[i]!, xs, WIDTH),
    LEGEND +
      place(
        -ys[i]!,
        ys.map((y) => -y),
        HEIGHT - LEGEND,
      ),
  ]) as [number, number][];
  const labels = placeLabels(
    places,
    words.map(({ word }) => word),
  );
  const marks = words.map(({ word, group }, i) => {
    const [[x, y], [left, middle]] = [places[i]!, labels[i]!];
    const dot = `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4" fill="${COLOURS[groups.indexOf(group) % COLOURS.length]}"/>`;
    return `${dot}<text x="${left.toFixed(1)}" y="${(middle + 4).toFixed(1)}">${word}</text>`;
  });
  const legend = groups.map((group, i) => {
    const dot = `<circle cx="0" cy="-4" r="4" fill="${COLOURS[i % COLOURS.length]}"/>`;
    return `<g transform="translate(${20 + i * 110} 20)">${dot}<text x="9">${group}</text></g>`;
  });
  const title = `${words.length} words, ${Math.round(100 * explained)} % of their variance`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" fill="currentColor" role="img">`,
    `<title>${title}</title>`,
    ...legend,
    ...marks,
    '</svg>\n',
  ].join('\n');
}
