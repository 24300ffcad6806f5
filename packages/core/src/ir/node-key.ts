import type { AnyOp, AttrValue } from './op.ts';

const names = new WeakMap<AnyOp, string>();
const counts = new Map<string, number>();

/** The op's name; a number is added for another op of the same name, which may compute something else. */
export function opKey(op: AnyOp): string {
  const known = names.get(op);
  if (known !== undefined) return known;
  const count = (counts.get(op.name) ?? 0) + 1;
  counts.set(op.name, count);
  const name = count === 1 ? op.name : `${op.name}#${count}`;
  names.set(op, name);
  return name;
}

/** Settings as text: equal text, equal computation. */
export function attrsKey(attrs: Readonly<Record<string, AttrValue>>): string {
  return Object.entries(attrs)
    .map(([key, value]) => `${key}=${attrKey(value)}`)
    .join(',');
}

function attrKey(value: AttrValue): string {
  if (typeof value === 'function') return 'f';
  if (Array.isArray(value)) return `[${value.map((item) => attrKey(item as AttrValue)).join()}]`;
  if (typeof value === 'object' && value !== null && 'key' in value) return value.key;
  return Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value) : String(value);
}
