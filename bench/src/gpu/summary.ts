import type { Line } from './protocol.ts';

/** Ops whose digits WGSL does not promise: large quotients are rounded. */
const IMPRECISE = ['remainder', 'fmod'];

type Of<K extends Line['kind']> = Extract<Line, { kind: K }>;

const of = <K extends Line['kind']>(lines: readonly Line[], kind: K): Of<K>[] =>
  lines.filter((line): line is Of<K> => line.kind === kind);

/** What came of it in some lines for people. */
export function summarize(lines: readonly Line[], ops: readonly string[]): { text: string; failed: boolean } {
  const [device] = of(lines, 'device');
  const failures = of(lines, 'failed').map(({ what, reason }) => `FAILED   ${what}: ${reason.split('\n')[0]}`);
  if (device === undefined) {
    const reasons = of(lines, 'absent').flatMap(({ reasons: all }) => Object.values(all));
    const text = ['SKIPPED: no GPU of this machine runs a graph.', ...reasons, ...failures].join('\n');
    return { text, failed: failures.length > 0 };
  }
  const checked = of(lines, 'op');
  const wrong = checked.filter(({ what, problems }) => problems.length > 0 && !IMPRECISE.includes(what));
  const text = [
    `device   ${device.device} on ${device.adapter}${device.software ? ' (this is no GPU)' : ''}`,
    ...of(lines, 'train').map(trainLine),
    opsLine(checked, ops),
    ...wrong.map(
      ({ what, problems }) =>
        `WRONG    ${what}: ${problems.length} problems, the first: ${problems[0]!.split('\n')[0]}`,
    ),
    ...of(lines, 'late').map(({ what }) => `LATE     ${what}: not done in the time it may take`),
    ...failures,
  ].join('\n');
  return { text, failed: failures.length > 0 || wrong.length > 0 };
}

function trainLine({ what, batch, gpuMs, cpuMs, cpuThreads, difference }: Of<'train'>): string {
  const ratio = (cpuMs / gpuMs).toFixed(2);
  const times = `${gpuMs.toFixed(2)} ms a step, ${cpuMs.toFixed(2)} ms on the CPU with ${cpuThreads} threads`;
  return `train    ${what}, batch ${batch}: ${times}: ${ratio}x; the losses agree to ${difference.toExponential(1)}`;
}

function opsLine(checked: readonly Of<'op'>[], ops: readonly string[]): string {
  const right = checked.filter(({ problems }) => problems.length === 0).length;
  const refusing = checked.filter(({ refused }) => refused.length > 0).length;
  const missing = ops.slice(ops.indexOf(checked.at(-1)?.what ?? '') + 1).length;
  const rest = missing === 0 ? '' : `; ${missing} not reached in the time`;
  return `ops      ${right} of ${checked.length} right, ${refusing} refuse some samples by name${rest}`;
}
