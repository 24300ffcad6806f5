/** What {@link project} gives. */
export interface Projection {
  /** One point for each row. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The part of the rows' variance that the two directions have. */
  readonly explained: number;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((all, x, i) => all + x * b[i]!, 0);

/** The direction in which centred rows differ most, by 500 steps of the power iteration `v ← XᵀX v / |XᵀX v|`. */
function direction(rows: readonly (readonly number[])[]): number[] {
  let v = rows[0]!.map((_, i) => 1 / (i + 1)); // Any start that is not orthogonal to it; this one is the same every time.
  for (let step = 0; step < 500; step++) {
    const next = v.map(() => 0);
    for (const row of rows) {
      const along = dot(row, v);
      for (const [i, x] of row.entries()) next[i]! += along * x;
    }
    const norm = Math.sqrt(dot(next, next));
    v = next.map((x) => x / norm);
  }
  return v;
}

/** Rows on the plane of their two principal components (PCA). */
export function project(rows: readonly (readonly number[])[]): Projection {
  const middle = rows[0]!.map((_, i) => rows.reduce((all, row) => all + row[i]!, 0) / rows.length);
  const centred = rows.map((row) => row.map((x, i) => x - middle[i]!));
  const first = direction(centred);
  const along = centred.map((row) => dot(row, first));
  const rest = centred.map((row, at) => row.map((x, i) => x - along[at]! * first[i]!));
  const second = direction(rest);
  const points = centred.map((row, at) => [along[at]!, dot(row, second)] as const);
  const squares = (values: readonly number[]): number => dot(values, values);
  const all = centred.reduce((total, row) => total + squares(row), 0);
  return { points, explained: points.reduce((total, point) => total + squares(point), 0) / all };
}
