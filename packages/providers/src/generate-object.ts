import { checkOptionNames } from './check-option-names.ts';
import { generateOptionNames } from './check-options.ts';
import { Validator } from '@cfworker/json-schema';
import { ProviderError } from './errors.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Prompt } from './messages.ts';
import type { StandardIssue, StandardSchema } from './standard-schema.ts';
import type { GenerateOptions, Generation, TextGenerator } from './text-generator.ts';

/** Settings of {@link generateObject}. */
export interface GenerateObjectOptions<T> extends Omit<GenerateOptions, 'schema' | 'tools' | 'toolChoice'> {
  /** What the value must be: a JSON Schema, or a schema of Zod or another library of Standard Schema. */
  readonly schema: StandardSchema<T> | JsonSchema;
  /** Calls made at most until a value fits. Default 1. */
  readonly attempts?: number | undefined;
}

/** A value the model wrote, and the generation it was read from. */
export interface GeneratedObject<T> {
  readonly value: T;
  readonly generation: Generation;
}

/** Tools and the way to choose one are what the schema stands in the place of. */
const OPTIONS = ['attempts', ...generateOptionNames.filter((name) => name !== 'tools' && name !== 'toolChoice')];

/**
 * Generates a value that a schema accepts. The model is asked to keep to the schema, and what it wrote is parsed and
 * checked here all the same: some servers ignore what they are asked.
 *
 * A schema of Zod makes the result typed; a JSON Schema leaves it `unknown`.
 * @param prompt - A conversation: servers keep no text that is continued to a schema.
 * @param options.attempts - Calls made at most until a value fits; with a seed, the seed goes up by one each time.
 * @throws {@link ProviderError} `BAD_OUTPUT` with the first issues if no attempt gives a value that fits.
 * @example
 * const schema = { type: 'object', properties: { year: { type: 'integer' } }, required: ['year'] };
 * const model = scriptedGenerator(['{"year": 1969}']);
 * const { value } = await generateObject(model, [{ role: 'user', content: 'When was the moon landing?' }], { schema });
 * value; // => { year: 1969 }
 * @category Language models
 */
export async function generateObject<T = unknown>(
  model: TextGenerator,
  prompt: Prompt,
  given: GenerateObjectOptions<T>,
): Promise<GeneratedObject<T>> {
  checkOptionNames('generateObject', given, OPTIONS);
  const { schema, attempts = 1, ...options } = given;
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new ProviderError(
      'ARGUMENT',
      `generateObject: attempts is out of range. Got ${attempts}; expected a whole number of at least 1.`,
      { op: 'generateObject' },
    );
  }
  const { json, check } = readerOf(schema);
  let problem = '';
  let text = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const seed = options.seed === undefined ? {} : { seed: options.seed + attempt };
    const generation = await model.generate(prompt, { ...options, ...seed, schema: json });
    text = generation.text;
    const read = await readValue(generation, check);
    if ('value' in read) return { value: read.value, generation };
    ({ problem } = read);
  }
  throw new ProviderError(
    'BAD_OUTPUT',
    `generateObject: what ${model.model} wrote does not fit the schema. Got ${problem}; expected JSON that the schema ` +
      `accepts, in ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}. Raise attempts or maxNewTokens, or simplify the schema.`,
    { op: 'generateObject', details: { text, problem } },
  );
}

type Read<T> = { readonly value: T } | { readonly problem: string };
type Check<T> = (value: unknown) => Promise<Read<T>>;

async function readValue<T>({ text, finishReason }: Generation, check: Check<T>): Promise<Read<T>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const cut = finishReason === 'length' ? ' that was cut at maxNewTokens' : '';
    return { problem: `${text.trim() === '' ? 'no text' : 'text that is no JSON'}${cut}` };
  }
  return check(value);
}

function readerOf<T>(schema: StandardSchema<T> | JsonSchema): { json: JsonSchema; check: Check<T> } {
  if (!isStandard(schema)) {
    return { json: schema, check: checkOf<T>(schema) };
  }
  const { vendor, jsonSchema, validate } = schema['~standard'];
  if (jsonSchema === undefined) {
    throw new ProviderError(
      'ARGUMENT',
      `generateObject: the schema of '${vendor}' cannot write itself as JSON Schema. Got no ~standard.jsonSchema; ` +
        'expected Standard JSON Schema, as Zod has it since 4.2. Pass a JSON Schema.',
      { op: 'generateObject', details: { vendor } },
    );
  }
  const check: Check<T> = async (value) => {
    const result = await validate(value);
    return result.issues === undefined ? { value: result.value } : { problem: describe(result.issues) };
  };
  return { json: jsonSchema.input({ target: 'draft-2020-12' }), check };
}

/** Checks by a JSON Schema; one that is none shows when it is read, or first used. */
function checkOf<T>(schema: JsonSchema): Check<T> {
  const validator = usable(() => {
    if (typeof schema !== 'object') throw new TypeError(typeof schema);
    return new Validator(schema, '2020-12', true);
  });
  return async (value) => {
    try {
      const { valid, errors } = usable(() => validator.validate(value));
      if (valid) return { value: value as T };
      const { instanceLocation, error } = errors.at(-1)!;
      return { problem: `${instanceLocation}: ${error}` };
    } catch (cause) {
      // JSON is parsed to any depth, and checked to some.
      if (cause instanceof RangeError) return { problem: 'lists or objects in each other too deep to be checked' };
      throw cause;
    }
  };
}

function usable<R>(use: () => R): R {
  try {
    return use();
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new ProviderError(
      'ARGUMENT',
      `generateObject: the schema cannot be used. Got '${String((cause as Error).message).split('\n')[0]}'; expected a JSON Schema.`,
      { op: 'generateObject', cause },
    );
  }
}

const isStandard = <T>(schema: StandardSchema<T> | JsonSchema): schema is StandardSchema<T> =>
  (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema;

function describe(issues: readonly StandardIssue[]): string {
  const lines = issues.slice(0, 3).map(({ message, path = [] }) => {
    const keys = path.map((key) => String(typeof key === 'object' ? key.key : key));
    return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
  });
  return lines.join('; ');
}
