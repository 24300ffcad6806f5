// Steps per second of the built-in envs on one core, through the public `make` and `step`.
// Run: pnpm bench rl/env-steps
import { make } from '@gai/rl';
import type { Env } from '@gai/rl';

const STEPS = 4_000_000;
const REPEATS = 5;

/** Cycles through a few actions, resetting finished episodes; returns millions of steps per second. */
function measure(env: Env, actions: readonly unknown[]): number {
  env.reset({ seed: 0 });
  const began = performance.now();
  for (let step = 0; step < STEPS; step++) {
    const result = env.step(actions[step % actions.length]);
    if (result.terminated || result.truncated) env.reset();
  }
  return STEPS / (performance.now() - began) / 1000;
}

const torques = [-1, 0.5, 1].map((torque) => new Float32Array([torque]));
const cases: readonly (readonly [string, readonly unknown[]])[] = [
  ['CartPole-v1', [0, 1]],
  ['MountainCar-v0', [0, 2, 1]],
  ['MountainCarContinuous-v0', torques],
  ['Pendulum-v1', torques],
  ['Acrobot-v1', [0, 2, 1]],
  ['FrozenLake-v1', [0, 1, 2, 3]],
  ['Taxi-v3', [0, 1, 2, 3]],
  ['CliffWalking-v1', [0, 1, 2, 3]],
];
for (const [id, actions] of cases) {
  const env = make(id);
  const best = Math.max(...Array.from({ length: REPEATS }, () => measure(env, actions)));
  console.log(`${id.padEnd(26)}${best.toFixed(1).padStart(6)} million steps/s`);
}
