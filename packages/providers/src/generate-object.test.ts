import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { generateObject } from './generate-object.ts';
import { scriptedGenerator } from './scripted-generator.ts';

const schema = z.object({ name: z.string(), year: z.number().int().min(1900) });

test('a schema of Zod types the value and reaches the model as JSON Schema', async () => {
  const model = scriptedGenerator(['{"name":"Apollo 11","year":1969}']);
  const { value } = await generateObject(model, 'Which?', { schema });
  expectTypeOf(value).toEqualTypeOf<{ name: string; year: number }>();
  expect(value).toEqual({ name: 'Apollo 11', year: 1969 });
  expect(model.calls[0]!.options.schema).toMatchObject({ type: 'object', required: ['name', 'year'] });
});

test('what does not fit is asked for again, with another seed', async () => {
  const model = scriptedGenerator(['sorry', '{"name":"x","year":3}', '{"name":"x","year":2000}']);
  const { value } = await generateObject(model, 'Which?', { schema, attempts: 3, seed: 5 });
  expect(value.year).toBe(2000);
  expect(model.calls.map(({ options }) => options.seed)).toEqual([5, 6, 7]);
});

test.each<[object, string, string]>([
  [schema, '{"name":1,"year":2000}', 'name: '],
  [schema, '', 'no text'],
  [schema, '{"name":', 'text that is no JSON'],
  [{ type: 'object', required: ['a'] }, '{}', 'does not have required property'],
  [{ type: 'array', items: { type: 'integer' } }, '[1,"2"]', '#/1'],
])('a value that never fits is an error that says why', async (given, text, part) => {
  const failing = generateObject(scriptedGenerator([text]), 'q', { schema: given as typeof schema });
  await expect(failing).rejects.toMatchObject({ code: 'BAD_OUTPUT', message: expect.stringContaining(part) as string });
});

test('a text that was cut says so', async () => {
  const failing = generateObject(scriptedGenerator(['{"name": "a b c"}']), 'q', { schema, maxNewTokens: 2 });
  await expect(failing).rejects.toThrow('cut at maxNewTokens');
});

test('a schema that cannot write itself, and no attempt, are refused', async () => {
  const mute = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } };
  await expect(generateObject(scriptedGenerator(['1']), 'q', { schema: mute })).rejects.toThrow("schema of 'own'");
  await expect(generateObject(scriptedGenerator(['1']), 'q', { schema, attempts: 0 })).rejects.toThrow('attempts');
});

test('a value nested too deep is no fit, and a schema that is none is refused', async () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const list = { type: 'array', items: { $ref: '#' } };
  await expect(generateObject(scriptedGenerator([deep]), 'q', { schema: list })).rejects.toMatchObject({
    code: 'BAD_OUTPUT',
    message: expect.stringContaining('too deep') as string,
  });
  for (const given of [null, 5, { $ref: '#/nowhere' }, { type: 'string', pattern: '(' }]) {
    await expect(
      generateObject(scriptedGenerator(['"1"']), 'q', { schema: given as never }),
      JSON.stringify(given),
    ).rejects.toMatchObject({ code: 'ARGUMENT' });
  }
});
