import { expect, it } from 'vitest';
import { ChatTemplate } from './chat-template.ts';
import { TokenizerError } from './errors.ts';

/** The form of ChatML, with a system message put first where there is none. */
const CHATML = `{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system
Be kind.<|im_end|>
' }}{% endif %}{{'<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}`;

it('writes a conversation as the model was trained on it', () => {
  const template = new ChatTemplate(CHATML);
  const text = template.apply([{ role: 'user', content: 'Hi' }], { addGenerationPrompt: true });
  expect(text).toBe('<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n');
});

it('knows tokens, tools and other variables', () => {
  const template = new ChatTemplate('{{ bos_token }}{{ tools | length }}{% if loud %}!{% endif %}', {
    bosToken: '<s>',
  });
  expect(template.apply([], { tools: [{}, {}], variables: { loud: true } })).toBe('<s>2!');
});

it.each<[string, () => unknown, string]>([
  [
    "an option in Python's spelling",
    () => new ChatTemplate(CHATML).apply([], { add_generation_prompt: true } as never),
    "ChatTemplate.apply: no such option. Got 'add_generation_prompt'; expected one of addGenerationPrompt, tools, variables. Did you mean 'addGenerationPrompt'?",
  ],
  [
    'a token of another name',
    () => new ChatTemplate('a', { eos_token: '</s>' } as never),
    "ChatTemplate: no such option. Got 'eos_token'; expected one of bosToken, eosToken, padToken, unkToken. Did you mean 'eosToken'?",
  ],
  ['a template that ends too early', () => new ChatTemplate('{% if a %}'), 'the template cannot be applied'],
  ['what the template refuses', () => new ChatTemplate("{{ raise_exception('no user') }}").apply([]), 'no user'],
  ['a template of megabytes', () => new ChatTemplate('a'.repeat(1_000_001)), "Got '1000001 characters'"],
])('%s is refused', (_, run, part) => {
  expect(run).toThrow(TokenizerError);
  expect(run).toThrow(part);
});
