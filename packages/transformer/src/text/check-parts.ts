import { ArgumentError } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { ChatTemplate, Tokenizer } from '@gai/tokenizers';
import { checkModel } from '../generation/check-model.ts';
import type { TextGeneratorOptions, TextGeneratorParts } from './text-generator.ts';

const OP = 'textGenerator';
const PARTS: readonly (keyof TextGeneratorParts)[] = ['model', 'tokenizer', 'chatTemplate', 'name'];

/** Refuses what is no model, and options that only what is read from a folder could honour. */
export function checkParts(parts: TextGeneratorParts, options: TextGeneratorOptions): void {
  const isGiven = typeof parts === 'object' && parts !== null;
  checkArgument(isGiven, parts, {
    op: OP,
    name: 'source',
    rule: 'the path of a folder or of a .gguf file, or { model, tokenizer }',
  });
  checkOptionNames(OP, parts, PARTS);
  const { model, tokenizer, chatTemplate, name: own } = parts;
  checkModel(model, OP);
  const check = (name: string, value: unknown, [fits, rule]: readonly [boolean, string]): void =>
    checkArgument(value === undefined || fits, value, { op: OP, name, rule });
  check('tokenizer', tokenizer, [tokenizer instanceof Tokenizer, 'a Tokenizer, such as AutoTokenizer reads']);
  check('chatTemplate', chatTemplate, [chatTemplate instanceof ChatTemplate, 'a ChatTemplate: new ChatTemplate(text)']);
  check('name', own, [typeof own === 'string', 'a text']);
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new ArgumentError(
    `${OP}: the model is there already. Got ${name} beside { model }; expected no option that says how one is read. Leave it out, or pass a ` +
      `folder.`,
    { op: OP, details: { option: name } },
  );
}
