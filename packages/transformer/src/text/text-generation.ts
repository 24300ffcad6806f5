import type { Generation, TokenLogProb } from '@gai/providers';
import type { Tokenizer } from '@gai/tokenizers';
import type { GenerateResult, ScoredToken } from '../generation/generate-options.ts';
import type { Answer } from './answer.ts';

/**
 * What a model here wrote.
 * @category Generation
 */
export interface TextGeneration extends Generation {
  /** The new tokens, with the one that ended the row and those of a stop text. `tokens` has one entry for each. */
  readonly ids: readonly number[];
  /** What its tokens were drawn with; undefined where none was drawn. */
  readonly seed: number | undefined;
}

/** What became of one prompt. */
export interface Written {
  readonly row: number;
  readonly prompt: readonly number[];
  readonly answer: Answer;
  readonly result: GenerateResult;
}

/** A generation as every implementation gives it. */
export function textGeneration(
  { row, prompt, answer, result }: Written,
  tokenizer: Tokenizer | undefined,
): TextGeneration {
  const ids = result.sequences[row]!;
  const isCut = result.finishReasons[row] === 'length' && !answer.isStopped;
  const scored = result.logProbs?.[row];
  return {
    text: answer.text,
    ids,
    finishReason: isCut ? 'length' : 'stop',
    toolCalls: [],
    usage: { inputTokens: prompt.length, outputTokens: ids.length },
    seed: result.seeds?.[row],
    ...(scored === undefined ? {} : { tokens: logProbsOf(scored, prompt.at(-1), tokenizer) }),
  };
}

function logProbsOf(
  scored: readonly ScoredToken[],
  last: number | undefined,
  tokenizer: Tokenizer | undefined,
): readonly TokenLogProb[] {
  return scored.map(({ token, logProb, top }, index) => {
    const before = index === 0 ? last : scored[index - 1]!.token;
    return {
      text: textAfter(tokenizer, before, token),
      logProb,
      alternatives: top.map((each) => ({ text: textAfter(tokenizer, before, each.token), logProb: each.logProb })),
    };
  });
}

/** The text of a token behind another: by itself it would lose the space before it. */
function textAfter(tokenizer: Tokenizer | undefined, before: number | undefined, token: number): string {
  if (tokenizer === undefined) return '';
  const decode = (ids: readonly number[]): string => tokenizer.decode(ids, { skipSpecialTokens: false });
  const start = before === undefined ? '' : decode([before]);
  const both = before === undefined ? decode([token]) : decode([before, token]);
  return both.startsWith(start) ? both.slice(start.length) : decode([token]);
}
