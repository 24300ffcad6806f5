// Teaches: an MDP, its values, and three ways to the best policy: planning, learning, and writing it as JSON.
// Expected: lift up to Area2, ski from Area3 and Area4; the Hotel is worth 7.841. Run time: under a second.
import {
  gridText,
  mdpEnv,
  mdpFromJSON,
  mdpToJSON,
  policyEvaluation,
  policyIteration,
  qLearning,
  skiResort,
  uniformPolicy,
  valueIteration,
  exponential,
} from '@gai/rl/tabular';

const ski = skiResort();
console.log(
  `What skiing at random is worth:\n${gridText(ski, { values: policyEvaluation(ski, uniformPolicy(ski)) })}\n`,
);

const planned = valueIteration(ski);
console.log(`Value iteration, ${planned.iterations} sweeps:\n${gridText(ski, planned)}\n`);
console.log(`Policy iteration needs ${policyIteration(ski).iterations} improvements.\n`);

const learned = qLearning(mdpEnv(ski, { maxEpisodeSteps: 100 }), {
  episodes: 2000,
  alpha: exponential(0.5, 0.005),
  gamma: ski.discount,
  epsilon: 0.3,
  seed: 0,
});
console.log(`Q-learning, ${learned.steps} steps without seeing the model:\n${gridText(ski, learned)}\n`);

const copy = mdpFromJSON(JSON.stringify(mdpToJSON(ski)));
console.log(`Read back from JSON: ${copy.numStates} states, start value ${valueIteration(copy).startValue.toFixed(6)}`);
