import { checkGenerateOptions } from './check-options.ts';
import { checkPrompt } from './check-prompt.ts';
import { ProviderError } from './errors.ts';
import type { Prompt } from './messages.ts';
import type { GenerateOptions, Generation, TextGenerator } from './text-generator.ts';
import { textStream } from './text-stream.ts';
import type { TextStream } from './text-stream.ts';

/** An answer of a {@link scriptedGenerator}: its text, or more of the generation than its text. */
export type ScriptedAnswer = string | (Partial<Generation> & { readonly error?: Error });

/** A call a {@link scriptedGenerator} got. */
export interface ScriptedCall {
  readonly prompt: Prompt;
  readonly options: GenerateOptions;
}

/** A {@link TextGenerator} for tests: it says what it was told to, and remembers what it was asked. */
export interface ScriptedGenerator extends TextGenerator {
  /** The calls so far, oldest first. */
  readonly calls: readonly ScriptedCall[];
}

/** Who gives the answers: a list that is used up, or a function of the call. */
export type Script = readonly ScriptedAnswer[] | ((call: ScriptedCall) => ScriptedAnswer);

/**
 * A fake language model: tests of programs that use one need no weights and no server.
 *
 * It counts words as tokens, cuts at `maxNewTokens` and at `stop`, streams word by word and can be aborted, as a real
 * one. A list of answers that is used up throws: a test then made a call it did not expect.
 * @param script - Answers in order, or a function of the call. `{ error }` makes the call fail.
 * @example
 * const model = scriptedGenerator(['Paris.', { text: '', finishReason: 'tool-calls' }]);
 * (await model.generate('Capital of France?', { maxNewTokens: 5 })).text; // => 'Paris.'
 * model.calls[0]?.options.maxNewTokens; // => 5
 * @category Language models
 */
export function scriptedGenerator(script: Script): ScriptedGenerator {
  const calls: ScriptedCall[] = [];
  const begin = (op: string, prompt: Prompt, options: GenerateOptions): Generation => {
    checkGenerateOptions(op, options);
    checkPrompt(op, prompt);
    options.signal?.throwIfAborted();
    const call = { prompt, options };
    calls.push(call);
    const answer = typeof script === 'function' ? script(call) : script[calls.length - 1];
    if (answer === undefined) throw usedUp(op, calls.length - 1);
    return perform(answer, call);
  };
  return {
    model: 'scripted',
    calls,
    generate: async (prompt, options = {}) => begin('generate', prompt, options),
    stream: (prompt, options = {}): TextStream =>
      textStream(
        (async function* () {
          const whole = begin('stream', prompt, options);
          for (const piece of wordsOf(whole.text)) {
            options.signal?.throwIfAborted();
            yield piece;
          }
          return whole;
        })(),
      ),
  };
}

/** Words with the space before them; joined they are the text. */
const wordsOf = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

function perform(answer: ScriptedAnswer, { prompt, options }: ScriptedCall): Generation {
  const { error, ...given } = typeof answer === 'string' ? { text: answer } : answer;
  if (error !== undefined) throw error;
  const { text, finishReason } = cut(given.text ?? '', options);
  const asked = typeof prompt === 'string' ? prompt : prompt.map(({ content }) => JSON.stringify(content)).join(' ');
  return {
    finishReason,
    toolCalls: [],
    usage: { inputTokens: wordsOf(asked).length, outputTokens: wordsOf(text).length },
    ...given,
    text,
  };
}

function cut(
  text: string,
  { maxNewTokens = Infinity, stop = [] }: GenerateOptions,
): Pick<Generation, 'text' | 'finishReason'> {
  const ends = stop.map((word) => text.indexOf(word)).filter((index) => index >= 0);
  const stopped = ends.length > 0 ? text.slice(0, Math.min(...ends)) : text;
  const words = wordsOf(stopped);
  if (words.length <= maxNewTokens) return { text: stopped, finishReason: 'stop' };
  return { text: words.slice(0, maxNewTokens).join(''), finishReason: 'length' };
}

function usedUp(op: string, answers: number): ProviderError {
  return new ProviderError(
    'ARGUMENT',
    `${op}: the script has no more answers. Got call ${answers + 1}; expected at most ${answers}. Add an answer, or find ` +
      'out who makes the call.',
    { op, details: { answers } },
  );
}
