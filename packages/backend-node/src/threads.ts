import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Physical cores this process may use: matrix products gain nothing from the second thread of a core.
 *
 * Linux lists the cores; elsewhere every logical processor the system grants counts as one.
 */
export function physicalCores(): number {
  const logical = availableParallelism();
  return process.platform === 'linux' ? Math.min(logical, countCores(cpuInfo()) || logical) : logical;
}

/** Distinct (package, core) pairs in the text of `/proc/cpuinfo`; 0 where it names none, as on ARM. */
export function countCores(text: string): number {
  const cores = new Set<string>();
  let socket = '';
  for (const [, key, value] of text.matchAll(/^(physical id|core id)\s*:\s*(\d+)$/gm)) {
    if (key === 'physical id') socket = value ?? '';
    else cores.add(`${socket}/${value}`);
  }
  return cores.size;
}

function cpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // no procfs in this sandbox: fall back to the logical processors
  }
}
