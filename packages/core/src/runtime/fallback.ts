import type { Backend } from '../backend/backend.ts';
import { capabilitiesOf } from '../backend/capabilities.ts';

const warned = new WeakMap<Backend, Set<string>>();

/** Says once for each operator of a backend that it runs elsewhere: such a graph copies back and forth. */
export function warnFallbacks(backend: Backend, fallbacks: ReadonlyMap<string, string | undefined>): void {
  const known = warned.get(backend) ?? new Set();
  const { fallback } = capabilitiesOf(backend);
  warned.set(backend, known);
  for (const [what, line] of fallbacks) {
    if (known.has(what)) continue;
    known.add(what);
    console.warn(
      `${backend.provider} has no operator ${what}${line === undefined ? '' : ` (asked for at ${line})`}: it runs on ` +
        `${fallback?.provider}, and its operands are copied there. Choose another dtype, or open the backend with ` +
        `{ strict: true } to have it refused.`,
    );
  }
}
