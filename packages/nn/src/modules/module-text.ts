import { formatShape, isTensor } from '@gai/core';
import type { Module } from '../module.ts';
import { isModule, targetOf } from './brands.ts';
import { slotsOf } from './slots.ts';

/**
 * A module as text, the way PyTorch prints one: its class with its settings and the shapes of its own parameters and
 * buffers, and one line for each module inside.
 * @param around - The modules it is in: one that holds itself is not written again.
 */
export function moduleText(module: Module, around: readonly Module[] = []): string {
  const inside = [...around, module];
  const heads = settingsOf(module);
  const lines: string[] = [];
  for (const [name, part] of partsOf(module)) {
    if (isTensor(part)) heads.push(`${name} ${part.dtype === 'float32' ? '' : part.dtype}${formatShape(part.shape)}`);
    else lines.push(`(${name}): ${textOf(part, inside)}`.replaceAll('\n', '\n  '));
  }
  const head = `${module.constructor.name}(${heads.join(', ')}`;
  if (lines.length === 0) return `${head})`;
  return `${head}${['', ...lines].join('\n  ')}\n)`;
}

function textOf(part: unknown, around: readonly Module[]): string {
  if (!isModule(part)) return (part as { readonly name?: string }).name || 'function';
  return around.includes(part) ? `${part.constructor.name}(...)` : moduleText(part, around);
}

/** Functions stand among the modules where a model is made of both; what an override of `children` names comes last. */
function partsOf(module: Module): Map<string, unknown> {
  const parts = module.children();
  const named = slotsOf(module).flatMap(({ name, value }): [string, unknown][] => {
    if (typeof value === 'function') return [[name, value]];
    return parts.has(name) ? [[name, parts.get(name)]] : [];
  });
  return new Map([...named, ...parts]);
}

/** Public fields that are numbers, text, flags or lists of numbers. */
function settingsOf(module: Module): string[] {
  return Object.entries(targetOf(module)).flatMap(([name, value]: [string, unknown]) =>
    isSetting(value) ? [`${name}: ${settingText(value)}`] : [],
  );
}

/** As in source, where JSON has null for numbers that are not finite. */
function settingText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join()}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

const isSetting = (value: unknown): boolean =>
  ['number', 'string', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.length > 0 && value.length < 10 && value.every((each) => typeof each === 'number'));
