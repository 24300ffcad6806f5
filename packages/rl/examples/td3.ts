/**
 * TD3's bars: trains at the tuned settings, plays 100 deterministic episodes, and writes td3.results.json.
 *
 * `pnpm example rl/td3 Pendulum-v1 1000 1001 1002 1003 1004`
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { makeVec } from '@gai/rl';
import { evaluatePolicy, preset, TD3 } from '@gai/rl/deep';

const smoke = process.argv.includes('--smoke');
const [id = 'Pendulum-v1', ...seeds] = process.argv.slice(2).filter((word) => word !== '--smoke');
const file = new URL('./td3.results.json', import.meta.url);
const tuned = preset('td3', id);
if (tuned === undefined) throw new Error(`There is no preset for ${id}.`);
setDefaultBackend(await nodeBackend({ threads: 1 }));

for (const seed of (seeds.length === 0 ? ['0'] : seeds).map(Number)) {
  const settings = smoke ? { ...tuned.options, learningStarts: 100 } : tuned.options;
  const agent = new TD3('MlpPolicy', makeVec(id, { numEnvs: tuned.numEnvs }), { ...settings, seed });
  const totalTimesteps = smoke ? 208 : tuned.totalTimesteps;
  const curve: (readonly [steps: number, meanReturn: number])[] = [];
  const log = (steps: number, row: Readonly<Record<string, number>>): void => {
    const mean = row['rollout/ep_rew_mean'];
    const isDue = steps >= ((curve.length + 1) * tuned.totalTimesteps) / 25;
    if (mean !== undefined && isDue) curve.push([steps, Math.round(mean * 100) / 100]);
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
    meanReturn: Number(evaluation.mean.toFixed(2)),
    stdReturn: Number(evaluation.std.toFixed(3)),
    steps: agent.numTimesteps,
    seconds: Math.round(seconds),
    stepsPerProcessorSecond: Math.round((agent.numTimesteps * 1e6) / (user + system)),
    curve,
  };
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>) : {};
  if (!smoke) writeFileSync(file, `${JSON.stringify({ ...all, [`${id} seed ${seed}`]: result }, null, 1)}\n`);
  console.log(
    `${id} seed ${seed}: ${result.meanReturn} ± ${result.stdReturn}, ${result.stepsPerProcessorSecond} steps per processor second`,
  );
}
