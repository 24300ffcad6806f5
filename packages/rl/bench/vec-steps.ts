// Env steps per second of processor time of a vector of CartPoles, beside those of the bare envs in a loop.
// Run: pnpm bench rl/vec-steps [number of envs]
import { make, makeVec } from '@gai/rl';

const NUM_ENVS = Number(process.argv[2] ?? 8);
const STEPS = 400_000;
const REPEATS = 7;

/** Millions of env steps per second of processor time. */
function rate(play: () => void): number {
  const before = process.cpuUsage();
  play();
  const { user, system } = process.cpuUsage(before);
  return (STEPS * NUM_ENVS) / (user + system);
}

const actions = [0, 1].map((first) => Int32Array.from({ length: NUM_ENVS }, (_, index) => (first + index) % 2));
const envs = makeVec('CartPole-v1', { numEnvs: NUM_ENVS });
const bare = Array.from({ length: NUM_ENVS }, () => make('CartPole-v1'));

function playVector(): void {
  envs.reset({ seed: 0 });
  for (let step = 0; step < STEPS; step++) envs.step(actions[step % 2]!);
}

function playBare(): void {
  bare.forEach((env, index) => env.reset({ seed: index }));
  for (let step = 0; step < STEPS; step++) {
    for (let index = 0; index < NUM_ENVS; index++) {
      const result = bare[index]!.step(actions[step % 2]![index]!);
      if (result.terminated || result.truncated) bare[index]!.reset();
    }
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rates = Array.from({ length: REPEATS }, () => [rate(playVector), rate(playBare)] as const);
const [vector, loop] = [0, 1].map((kind) => median(rates.map((pair) => pair[kind]!))) as [number, number];
console.log(`makeVec, ${NUM_ENVS} envs  ${vector.toFixed(1)} million steps/s`);
console.log(`bare envs        ${loop.toFixed(1)} million steps/s (${(loop / vector).toFixed(1)}x)`);
