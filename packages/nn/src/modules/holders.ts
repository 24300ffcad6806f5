import { formatShape } from '@gai/core';
import type { Variable } from '@gai/core';

/** The field that a parameter or buffer was first put in. */
const holders = new WeakMap<Variable, string>();

/** Remembers where a parameter stands, for messages about one that no model leads to. */
export function noteHolder(variable: Variable, holder: object, key: string | symbol): void {
  if (!holders.has(variable)) holders.set(variable, `${holder.constructor.name}.${String(key)}`);
}

/** A parameter or buffer in words: its path, or else the class and field that hold it; and its shape. */
export function describeVariable(variable: Variable): string {
  const { name, shape } = variable;
  const place = name === 'variable' ? (holders.get(variable) ?? 'in no field') : name;
  return `'${place}' ${formatShape(shape)}`;
}
