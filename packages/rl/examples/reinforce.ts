/**
 * REINFORCE's bar: learns CartPole, plays 100 deterministic episodes, and writes reinforce.results.json.
 *
 * `pnpm example rl/reinforce 1000 1001 1002 1003 1004`
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { make, makeVec } from '@gai/rl';
import { evaluatePolicy, preset, REINFORCE } from '@gai/rl/deep';

const smoke = process.argv.includes('--smoke');
const id = 'CartPole-v1';
const seeds = process.argv.slice(2).filter((word) => word !== '--smoke');
const file = new URL('./reinforce.results.json', import.meta.url);
const { options, totalTimesteps: STEPS } = preset('reinforce', id)!;
setDefaultBackend(await nodeBackend({ threads: 1 }));

for (const seed of (seeds.length === 0 ? ['0'] : seeds).map(Number)) {
  const agent = new REINFORCE('MlpPolicy', make(id), { ...options, seed });
  const totalTimesteps = smoke ? 500 : STEPS;
  const curve: (readonly [steps: number, meanReturn: number])[] = [];
  const log = (steps: number, row: Readonly<Record<string, number>>): void => {
    const mean = row['rollout/ep_rew_mean'];
    if (mean === undefined || steps < ((curve.length + 1) * STEPS) / 20) return;
    curve.push([steps, Math.round(mean * 100) / 100]);
  };
  const usage = process.cpuUsage();
  const began = performance.now();
  await agent.learn({ totalTimesteps, sinks: [{ name: 'curve', log }] });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(usage);
  const evaluation = await evaluatePolicy(agent, makeVec(id, { numEnvs: 10 }), {
    episodes: smoke ? 2 : 100,
    seed: 1_000_000,
  });
  const result = {
    meanReturn: evaluation.mean,
    stdReturn: Number(evaluation.std.toFixed(3)),
    steps: agent.numTimesteps,
    seconds: Math.round(seconds),
    stepsPerProcessorSecond: Math.round((agent.numTimesteps * 1e6) / (user + system)),
    curve,
  };
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>) : {};
  if (!smoke) writeFileSync(file, `${JSON.stringify({ ...all, [`${id} seed ${seed}`]: result }, null, 1)}\n`);
  console.log(
    `${id} seed ${seed}: ${evaluation.mean} ± ${result.stdReturn}, ${result.stepsPerProcessorSecond} steps per processor second`,
  );
}
