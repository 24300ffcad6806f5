import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { sparkline } from '../terminal/sparkline.ts';
import { styleFor } from '../terminal/style.ts';
import { drawSolution } from './draw.ts';
import { findMethod } from './methods.ts';
import type { Method } from './methods.ts';
import { progress } from '../terminal/progress.ts';
import { solveMDP } from './solve-mdp.ts';
import type { Solved, SolveSettings } from './solve-mdp.ts';
import { loadSource } from './source.ts';
import type { Source, SourceOptions } from './source.ts';
import { counted } from '../terminal/counted.ts';

/** Options of `gai rl solve`. */
export interface SolveOptions extends SourceOptions, SolveSettings {
  readonly method: string;
  readonly json?: boolean;
}

/** `gai rl solve`: values and policy, drawn and as JSON. */
export function solve(problem: string | undefined, options: SolveOptions, streams: Streams): void {
  const method = findMethod(options.method);
  const source = loadSource(problem, options);
  if (source.mdp.numStates > 1_000_000 && options.json === true) {
    throw new UsageError(`--json would print ${source.mdp.numStates} values. Leave it out.`);
  }
  if (method.isDeterministic === true && isStochastic(source)) {
    const note = `${method.title} remembers one outcome per action; ${source.name} has several, so expect a rough answer.`;
    streams.stderr.write(`Note: ${note}\n`);
  }
  const bar = progress(streams.stderr, method.title);
  const solved = solveMDP(source, method, options, (part) => bar.update(part));
  bar.end();
  streams.stdout.write(report(source, method, solved, streams));
  if (options.json === true) streams.stdout.write(`${JSON.stringify(forMachines(source, method, solved))}\n`);
}

function isStochastic({ mdp }: Source): boolean {
  return mdp.numTransitions > mdp.numPairs;
}

function report(source: Source, method: Method, solved: Solved, { stdout }: Streams): string {
  const style = styleFor(stdout);
  const { mdp, name } = source;
  const lines = [
    `${style.bold(name)}  ${counted(mdp.numStates, 'state')}, ${counted(mdp.numActions, 'action')}; ${method.title}, γ = ${solved.gamma}; ` +
      solved.effort,
    '',
  ];
  for (const { title, text } of drawSolution(mdp, solved)) lines.push(style.bold(title), text, '');
  const { learned, policyValue, startValue } = solved;
  if (learned !== undefined) {
    const { returns } = learned;
    const recent = returns.slice(-Math.min(100, returns.length));
    const mean = recent.reduce((sum, one) => sum + one, 0) / recent.length;
    lines.push(
      `${style.bold('returns')}      ${curve(returns)}  mean of the last ${counted(recent.length, 'episode')} ${mean.toFixed(3)}`,
      `${style.bold('start value')}  ${startValue.toFixed(6)} as learned; the learned policy is worth ` +
        (policyValue === undefined ? 'nothing finite: it can circle for ever' : policyValue.toFixed(6)),
    );
  } else lines.push(`${style.bold('start value')}  ${startValue.toFixed(6)}`);
  return `${lines.join('\n')}\n`;
}

/** Returns of episodes as a line of bars, averaged; shifted because the bars are on a logarithmic scale above 0. */
function curve(returns: Float64Array): string {
  const lowest = returns.reduce((least, one) => Math.min(least, one), Infinity);
  return sparkline(
    Array.from(returns, (one) => one - lowest + 1),
    40,
  );
}

function forMachines({ name }: Source, method: Method, solved: Solved): object {
  const { gamma, values, policy, actions, startValue, learned, policyValue } = solved;
  return {
    problem: name,
    method: method.name,
    gamma,
    ...(learned !== undefined && {
      episodes: learned.returns.length,
      steps: learned.steps,
      policyValue: policyValue ?? null,
    }),
    values: Array.from(values),
    policy: Array.from(policy),
    actions,
    startValue,
  };
}
