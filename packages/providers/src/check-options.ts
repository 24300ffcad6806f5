import { checkOptionNames } from './check-option-names.ts';
import { ProviderError } from './errors.ts';
import type { GenerateOptions } from './text-generator.ts';

/** What a number must be: bounds it may reach, or must stay above. */
interface Range {
  readonly above?: number;
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
}

const NUMBERS: { readonly [name in keyof GenerateOptions]?: Range } = {
  maxNewTokens: { min: 1, whole: true },
  temperature: { min: 0 },
  topP: { above: 0, max: 1 },
  topK: { min: 1, whole: true },
  minP: { min: 0, max: 1 },
  frequencyPenalty: { min: -2, max: 2 },
  presencePenalty: { min: -2, max: 2 },
  repetitionPenalty: { above: 0 },
  seed: { min: 0, whole: true },
  logProbs: { min: 0, whole: true },
};

const OTHERS: readonly (keyof GenerateOptions)[] = ['stop', 'schema', 'tools', 'toolChoice', 'signal'];
/**
 * Names of every option of {@link GenerateOptions}, for implementations that have more of their own.
 * @example
 * generateOptionNames.includes('topP'); // => true
 * @category Language models
 */
export const generateOptionNames: readonly string[] = /* @__PURE__ */ Object.keys(NUMBERS).concat(OTHERS);
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Refuses options that no implementation could honour: unknown names, numbers out of range, empty stop texts, tools of
 * one name. Every {@link TextGenerator} begins with it.
 * @param op - Names the function in messages.
 * @throws {@link ProviderError} with the code `ARGUMENT`.
 * @example
 * checkGenerateOptions('generate', { topP: 2 }); // => throws ProviderError
 * @category Language models
 */
export function checkGenerateOptions(op: string, options: GenerateOptions): void {
  checkOptionNames(op, options, generateOptionNames);
  for (const [name, value] of Object.entries(options)) {
    const range = NUMBERS[name as keyof GenerateOptions];
    if (range !== undefined && value !== undefined) checkNumber(op, name, value, range);
  }
  const { stop, tools = [], toolChoice, signal } = options;
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw refused(op, 'signal is none', String(signal), 'the signal of an AbortController');
  if (stop !== undefined && !Array.isArray(stop))
    throw refused(op, 'stop is no list', JSON.stringify(stop), "texts in a list: ['\\n']");
  if (stop?.some((text) => typeof text !== 'string' || text === '') === true) {
    throw refused(op, 'stop holds an empty text', JSON.stringify(stop), 'texts of at least one character');
  }
  checkTools(op, tools);
  const needsTools = toolChoice !== undefined && toolChoice !== 'none';
  if (needsTools && tools.length === 0) throw refused(op, 'toolChoice without tools', 'no tools', 'tools to choose of');
  if (typeof toolChoice === 'object' && !tools.some(({ name }) => name === toolChoice.name)) {
    throw refused(
      op,
      'toolChoice names no tool',
      `'${toolChoice.name}'`,
      `one of ${tools.map(({ name }) => name).join(', ')}`,
    );
  }
}

function checkTools(op: string, tools: NonNullable<GenerateOptions['tools']>): void {
  const names = tools.map(({ name }) => name);
  const wrong = names.find((name) => !TOOL_NAME.test(name));
  if (wrong !== undefined)
    throw refused(op, "a tool's name is not allowed", `'${wrong}'`, 'up to 64 letters, digits, _ and -');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refused(op, 'two tools of one name', `'${twice}' twice`, 'different names');
}

function checkNumber(op: string, name: string, value: unknown, range: Range): void {
  const { above = -Infinity, min = -Infinity, max = Infinity, whole = false } = range;
  const fits = typeof value === 'number' && value > above && value >= min && value <= max && Number.isFinite(value);
  if (fits && (!whole || Number.isSafeInteger(value))) return;
  const bounds = [
    ...(above > -Infinity ? [`above ${above}`] : []),
    ...(min > -Infinity ? [`of at least ${min}`] : []),
    ...(max < Infinity ? [`at most ${max}`] : []),
  ];
  throw refused(op, `${name} is out of range`, String(value), `a ${whole ? 'whole ' : ''}number ${bounds.join(', ')}`);
}

function refused(op: string, what: string, got: string, expected: string): ProviderError {
  return new ProviderError('ARGUMENT', `${op}: ${what}. Got ${got}; expected ${expected}.`, { op });
}
