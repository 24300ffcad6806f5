import type { AgentComparisonName } from '@gai/rl/deep';
import type { ComparisonName } from '@gai/rl/tabular';

/** The questions on tables, under short and full names. */
export const TABLE_QUESTIONS: Readonly<Record<string, ComparisonName>> = {
  'mc-vs-td': 'mc-vs-td',
  'on-vs-off': 'on-vs-off-policy',
  'on-vs-off-policy': 'on-vs-off-policy',
  'model-based-vs-model-free': 'model-based-vs-model-free',
};

/** The questions on agents with networks. */
export const AGENT_QUESTIONS: readonly AgentComparisonName[] = [
  'policy-gradient-vs-value',
  'sample-efficiency',
  'baseline',
  'gae-lambda',
  'ppo-clip',
];

/** Whether a question is one on agents, which needs a backend. */
export const isAgentQuestion = (name: string): name is AgentComparisonName =>
  (AGENT_QUESTIONS as readonly string[]).includes(name);
