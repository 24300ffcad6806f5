import { formatNumber } from '../kit/heat-map.ts';
import type { Matrix, Place } from '../kit/heat-map.ts';
import { PAD } from './attention-inputs.ts';
import type { AttentionNumbers, HeadNumbers } from './attention-numbers.ts';

/** A table of a stage, and how a cell of it came about. */
export interface StageTable {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** What rows and columns are. */
  readonly corner: string;
  readonly values: Matrix;
  /** The sum that makes a cell, as lines. */
  readonly explain: (place: Place) => readonly string[];
}

/** The names of the steps, in their order. */
export const STEPS = ['Tokens', 'Q, K, V', 'Scores', 'Scaled', 'Masked', 'Weights', 'Output', 'All heads'] as const;

/** One step of attention: its formula, what it is for, its tables. */
export interface Stage {
  readonly name: (typeof STEPS)[number];
  readonly formula: string;
  readonly words: string;
  readonly tables: readonly StageTable[];
}

const show = (value: number): string => formatNumber(value, 2);
/** A factor in a product; negative ones in brackets. */
const factor = (value: number): string => (value < 0 ? `(${show(value)})` : show(value));

/** `sum = a₁·b₁ + a₂·b₂ + …`, without the products that are nothing. */
export function productSum(left: readonly number[], right: readonly number[], sum: number): string {
  const terms = left.flatMap((value, index) => {
    const other = right[index]!;
    return value === 0 || other === 0 ? [] : [`${factor(value)}·${factor(other)}`];
  });
  return `${show(sum)} = ${terms.length === 0 ? '0' : terms.join(' + ')}`;
}

const columnOf = (matrix: Matrix, column: number): number[] => matrix.map((row) => row[column]!);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

/** The steps for one head, in their order. */
export function attentionStages(given: AttentionNumbers, head: number): Stage[] {
  // A word may stand there twice, so that its position has to be said.
  const numbers = { ...given, tokens: given.tokens.map((token, position) => `${position} ${token}`) };
  const of = numbers.heads[head]!;
  return [
    inputStage(numbers),
    projectionStage(numbers, head),
    ...scoreStages(numbers, of),
    outputStage(numbers, of),
    joinStage(numbers),
  ];
}

function inputStage({ tokens, embeddings, positions, x }: AttentionNumbers): Stage {
  const features = numbered(x[0]!.length);
  const table = (title: string, values: Matrix, explain: StageTable['explain']): StageTable => ({
    title,
    rows: tokens,
    columns: features,
    corner: 'feature →',
    values,
    explain,
  });
  const said =
    (what: string, values: Matrix) =>
    ([row, column]: Place) => [`${what}: ${show(values[row]![column]!)}`];
  return {
    name: 'Tokens',
    formula: 'x = embedding + position',
    words:
      'Every token is looked up in a table and becomes a row of numbers: the same row wherever the token stands. The row of its ' +
      'position is added, without which attention could not tell one order of words from another.',
    tables: [
      table('embeddings', embeddings, ([row, column]) =>
        said(`feature ${column} of “${tokens[row]!}”`, embeddings)([row, column]),
      ),
      table('positions', positions, ([row, column]) =>
        said(`feature ${column} of position ${row}`, positions)([row, column]),
      ),
      table('x = embeddings + positions', x, ([row, column]) => {
        const [e, p] = [embeddings[row]![column]!, positions[row]![column]!];
        return [`x of “${tokens[row]!}”, feature ${column}`, `${show(e)} + ${factor(p)} = ${show(x[row]![column]!)}`];
      }),
    ],
  };
}

function projectionStage({ tokens, x, projections, heads }: AttentionNumbers, head: number): Stage {
  const of = heads[head]!;
  const depth = of.query[0]!.length;
  const table = (name: 'query' | 'key' | 'value', letter: string): StageTable => ({
    title: `${letter}: ${name === 'query' ? 'queries' : `${name}s`} of head ${head + 1}`,
    rows: tokens,
    columns: numbered(depth),
    corner: `${letter.toLowerCase()} →`,
    values: of[name],
    explain: ([row, column]) => {
      const weight = columnOf(projections[name], head * depth + column);
      return [
        `${letter} of “${tokens[row]!}”, number ${column}: x · column ${head * depth + column} of W_${letter}`,
        productSum(x[row]!, weight, of[name][row]![column]!),
      ];
    },
  });
  return {
    name: 'Q, K, V',
    formula: 'Q = x W_Q   K = x W_K   V = x W_V',
    words:
      'Three matrices turn the row of each token into a query (what it looks for), a key (what it is found by) and a value (what ' +
      'it gives). A head has its own columns of the three.',
    tables: [table('query', 'Q'), table('key', 'K'), table('value', 'V')],
  };
}

/** Scores, scaled, masked and weights: the tables of queries by keys. */
function scoreStages(numbers: AttentionNumbers, of: HeadNumbers): Stage[] {
  const { tokens, scale } = numbers;
  const table = (title: string, values: Matrix, explain: StageTable['explain']): StageTable[] => [
    { title, rows: tokens, columns: tokens, corner: 'query ↓ key →', values, explain },
  ];
  const pair = ([row, column]: Place): string => `“${tokens[row]!}” looks at “${tokens[column]!}”`;
  return [
    {
      name: 'Scores',
      formula: 'scores = Q Kᵀ',
      words:
        'Each query is multiplied with each key, number by number, and added up: large where the two point the same way.',
      tables: table('scores', of.scores, (place) => {
        const [row, column] = place;
        return [`${pair(place)}: q · k`, productSum(of.query[row]!, of.key[column]!, of.scores[row]![column]!)];
      }),
    },
    {
      name: 'Scaled',
      formula: `scaled = scores · ${scale.toPrecision(3)}`,
      words:
        'A sum of d products of numbers about 1 in size is about √d in size, so scores are divided by √d: else softmax gives nearly ' +
        'everything to one key, and hardly any gradient gets through. A temperature divides once more: below 1 sharper, above 1 flatter.',
      tables: table('scaled scores', of.scaled, (place) => {
        const [row, column] = place;
        const [score, scaled] = [of.scores[row]![column]!, of.scaled[row]![column]!];
        return [pair(place), `${show(score)} · ${scale.toPrecision(3)} = ${show(scaled)}`];
      }),
    },
    {
      name: 'Masked',
      formula: 'masked = scaled where allowed, else −∞',
      words: 'What a query may not look at gets −∞, of which softmax makes exactly 0.',
      tables: table('masked scores', of.masked, (place) => {
        const [row, column] = place;
        const isAllowed = of.masked[row]![column] !== -Infinity;
        return [pair(place), isAllowed ? `allowed: ${show(of.scaled[row]![column]!)} stays` : reason(tokens, place)];
      }),
    },
    {
      name: 'Weights',
      formula: 'weights = softmax(masked), row by row',
      words: 'e to the score, divided by the sum over the row: every row is positive and adds up to 1.',
      tables: table('weights', of.weights, (place) => [pair(place), softmaxSum(of, place)]),
    },
  ];
}

function reason(tokens: readonly string[], [row, column]: Place): string {
  if (tokens[column]!.endsWith(PAD)) return '−∞: padding is no text';
  if (column > row) return `−∞: position ${column} comes after position ${row}`;
  return `−∞: ${row - column} places back is outside the window`;
}

function softmaxSum(of: HeadNumbers, [row, column]: Place): string {
  const powers = of.masked[row]!.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  const score = of.masked[row]![column]!;
  return `e^${factor(score)} / Σ e^score = ${show(powers[column]!)} / ${show(sum)} = ${show(of.weights[row]![column]!)}`;
}

function outputStage({ tokens }: AttentionNumbers, of: HeadNumbers): Stage {
  const explain = ([row, column]: Place): string[] => [
    `output of “${tokens[row]!}”, number ${column}: Σ weight · value over ${tokens.length} keys`,
    productSum(of.weights[row]!, columnOf(of.value, column), of.output[row]![column]!),
  ];
  return {
    name: 'Output',
    formula: 'output = weights · V',
    words: 'Each token takes the values of all tokens, as much of each as its weights say.',
    tables: [
      {
        title: 'output of this head',
        rows: tokens,
        columns: numbered(of.output[0]!.length),
        corner: 'number →',
        values: of.output,
        explain,
      },
    ],
  };
}

function joinStage({ tokens, heads, concatenated }: AttentionNumbers): Stage {
  const depth = heads[0]!.output[0]!.length;
  const place = (column: number): readonly [number, number] => [Math.floor(column / depth), column % depth];
  return {
    name: 'All heads',
    formula: 'concat(head 1, …, head h)',
    words:
      'The outputs of all heads stand side by side and are as wide as x again. In a model one more matrix, W_O, mixes them, and the ' +
      'result is added to x.',
    tables: [
      {
        title: 'outputs of all heads',
        rows: tokens,
        columns: Array.from({ length: heads.length * depth }, (_, column) =>
          place(column)
            .map((n, i) => n + 1 - i)
            .join('.'),
        ),
        corner: 'head.number →',
        values: concatenated,
        explain: ([row, column]) => {
          const [head, number] = place(column);
          return [`“${tokens[row]!}”: number ${number} of head ${head + 1}, ${show(concatenated[row]![column]!)}`];
        },
      },
    ],
  };
}
