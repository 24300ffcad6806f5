/** A row of a table: cells by column. */
export type Row = Record<string, string>;

/** The rows of a Markdown table. */
export function readTable(table: string): Row[] {
  const [head = [], , ...body] = table.split('\n').map(cells);
  return body.map((row) => Object.fromEntries(head.map((column, index) => [column, row[index] ?? ''])));
}

/** A Markdown table with every column that a row has. */
export function writeTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (parts: string[]): string => `| ${parts.join(' | ')} |`;
  const body = rows.map((row) => line(columns.map((column) => row[column] ?? '')));
  return [line(columns), line(columns.map(() => '---')), ...body].join('\n');
}

/** A table without some of its columns. */
export function withoutColumns(table: string, columns: readonly string[]): string {
  return writeTable(
    readTable(table).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column))),
    ),
  );
}

/** The cells of a row; a `\\|` is no border. */
function cells(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
