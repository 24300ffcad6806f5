/** A number of things in words: `1 sweep`, `2 sweeps`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
