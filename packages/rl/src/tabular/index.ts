export { Random } from './random.ts';

export { MDP } from './mdp/mdp.ts';
export type { MDPArrays, MDPDescription, MDPLayout, Outcome } from './mdp/mdp.ts';
export { buildMDP } from './mdp/build.ts';
export type { MDPDefinition } from './mdp/build.ts';
export { mdpFromJSON, mdpToJSON } from './mdp/json.ts';
export type { MDPJSON, MDPJSONLimits } from './mdp/json.ts';
export { epsilonSoftPolicy, softmaxPolicy, stochasticPolicy, uniformPolicy } from './mdp/policy.ts';
export type { Policy, PolicySizes, StochasticPolicy } from './mdp/policy.ts';
export {
  bellmanExpectation,
  bellmanOptimality,
  greedyPolicy,
  optimalActions,
  qValues,
  startValue,
} from './mdp/bellman.ts';
export type { DiscountOptions, TieOptions } from './mdp/bellman.ts';

export { policyEvaluation } from './dp/policy-evaluation.ts';
export type { PolicyEvaluationOptions } from './dp/policy-evaluation.ts';
export { valueIteration } from './dp/value-iteration.ts';
export type { Solution, ValueIterationOptions } from './dp/value-iteration.ts';
export { modifiedPolicyIteration, policyIteration } from './dp/policy-iteration.ts';
export type { ModifiedPolicyIterationOptions, PolicyIterationOptions } from './dp/policy-iteration.ts';
export { evaluateHorizon, finiteHorizon } from './dp/finite-horizon.ts';
export type { FiniteHorizonSolution, HorizonOptions } from './dp/finite-horizon.ts';
export { occupancy } from './dp/occupancy.ts';
export type { Occupancy } from './dp/occupancy.ts';
export type { StoppingOptions, SweepReport } from './dp/stopping.ts';

export { FROZEN_LAKE_MAPS, frozenLake } from './problems/frozen-lake.ts';
export type { FrozenLakeOptions } from './problems/frozen-lake.ts';
export { cliffWalking } from './problems/cliff-walking.ts';
export type { CliffWalkingOptions } from './problems/cliff-walking.ts';
export { decodeTaxiState, taxi } from './problems/taxi.ts';
export type { TaxiOptions, TaxiState } from './problems/taxi.ts';
export { gridWorld, gridWorld4x4, gridWorld5x5 } from './problems/grid-world.ts';
export type { GridWorldOptions } from './problems/grid-world.ts';
export { blockingMaze, dynaMaze, shortcutMaze } from './problems/mazes.ts';
export { windyGridWorld } from './problems/windy-grid-world.ts';
export type { WindyGridWorldOptions } from './problems/windy-grid-world.ts';
export { gambler } from './problems/gambler.ts';
export type { GamblerOptions } from './problems/gambler.ts';
export { jacksCarRental } from './problems/jacks-car-rental.ts';
export type { JacksCarRentalOptions } from './problems/jacks-car-rental.ts';
export { blackjack, blackjackState, decodeBlackjackState } from './problems/blackjack.ts';
export type { BlackjackOptions, BlackjackState } from './problems/blackjack.ts';
export { randomWalk } from './problems/random-walk.ts';
export type { RandomWalkOptions } from './problems/random-walk.ts';
export { maximizationBias, maximizationBiasNoise, shortCorridor, skiResort } from './problems/small.ts';

export { MDPEnv, mdpEnv } from './mdp-env.ts';
export type { MDPEnvOptions } from './mdp-env.ts';
export type { TabularEnv, TabularStep } from './tabular-env.ts';

export { constant, exponential, linear } from './learning/schedules.ts';
export type { Schedule } from './learning/schedules.ts';
export type { TruncationRule } from './learning/truncation.ts';
export type { ControlOptions, ControlResult, EpisodeReport } from './learning/control.ts';
export type { PredictionOptions, PredictionResult } from './learning/prediction.ts';

export { mcPrediction, offPolicyPrediction } from './prediction/monte-carlo.ts';
export type { MonteCarloOptions, OffPolicyOptions } from './prediction/monte-carlo.ts';
export { nStepTD, tdPrediction } from './prediction/td.ts';
export { lambdaReturn, tdLambda, trueOnlineTDLambda } from './prediction/td-lambda.ts';
export type { LambdaReturnOptions, TDLambdaOptions } from './prediction/td-lambda.ts';
export { batchPrediction } from './prediction/batch.ts';
export type { BatchOptions } from './prediction/batch.ts';

export { doubleQLearning, qLearning } from './control/q-learning.ts';
export type { DoubleQResult } from './control/q-learning.ts';
export { expectedSarsa, sarsa } from './control/sarsa.ts';
export { nStepSarsa, qSigma, treeBackup } from './control/n-step.ts';
export type { NStepControlOptions, QSigmaOptions } from './control/n-step.ts';
export { sarsaLambda, watkinsQLambda } from './control/sarsa-lambda.ts';
export type { LambdaControlOptions, TraceKind } from './control/sarsa-lambda.ts';
export { mcControl, mcExploringStarts, offPolicyMCControl } from './control/monte-carlo.ts';
export type { MonteCarloControlOptions } from './control/monte-carlo.ts';
export { dynaQ, dynaQPlus, prioritizedSweeping } from './planning/dyna.ts';
export type { DynaOptions, DynaQPlusOptions, PrioritizedSweepingOptions } from './planning/dyna.ts';

export { fourierBasis, polynomialBasis, stateAggregation, tileCoding } from './approximation/features.ts';
export type { Features, TileCodingOptions } from './approximation/features.ts';
export { gradientMC, lstd, semiGradientTD } from './approximation/prediction.ts';
export type { FeatureEnv, LinearPrediction, LinearPredictionOptions } from './approximation/prediction.ts';
export { reinforce } from './approximation/reinforce.ts';
export type { ReinforceOptions, SoftmaxControl } from './approximation/reinforce.ts';
export { semiGradientSarsa } from './approximation/control.ts';
export type { LinearControl, SemiGradientSarsaOptions } from './approximation/control.ts';

export { epsilonGreedyBandit, gradientBandit, thompsonBandit, ucbBandit } from './bandits/agents.ts';
export type { BanditAgent } from './bandits/agents.ts';
export { banditRun } from './bandits/testbed.ts';
export type { BanditRun, BanditRunOptions } from './bandits/testbed.ts';

export { runMany } from './experiment/runs.ts';
export type { RunManyOptions, RunStatistics } from './experiment/runs.ts';
export { runManyInWorkers } from './experiment/workers.ts';
export type { WorkerRunOptions } from './experiment/workers.ts';
export { compare } from './experiment/compare.ts';
export type { CompareOptions, Comparison, ComparisonName } from './experiment/compare.ts';
export { chartSVG, chartText, tableText } from './experiment/chart.ts';
export type { Chart, ChartSeries, Table } from './experiment/chart.ts';
export { gridText } from './experiment/grid-text.ts';
export { switchingEnv } from './switching-env.ts';
