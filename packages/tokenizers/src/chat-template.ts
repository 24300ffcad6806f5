import { parse, tokenize } from '@huggingface/jinja';
import { checkOptionNames } from './check-option-names.ts';
import { TokenizerError } from './errors.ts';
import { render } from './jinja/interpreter.ts';

/** One turn of a conversation, as templates read it. */
export interface ChatMessage {
  /** Mostly `system`, `user`, `assistant` or `tool`; the template says which it knows. */
  readonly role: string;
  readonly content: unknown;
  readonly [field: string]: unknown;
}

/** What a template is filled with beside the messages. */
export interface ChatTemplateOptions {
  /** Ends with the beginning of an answer, so that the model writes one. Default false. */
  readonly addGenerationPrompt?: boolean | undefined;
  /** Functions the model may call, as the template expects them. */
  readonly tools?: readonly unknown[] | undefined;
  /** Anything else the template asks for, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** Characters of the longest template that is read: some take time by the square of it. */
const LONGEST = 100_000;

/**
 * A chat template as models carry it in `tokenizer_config.json` or a GGUF: Jinja that turns a conversation into the text
 * the model was trained on.
 *
 * The special tokens are in the text that comes out: encode it with `addSpecialTokens: false`. What a user writes can
 * look like one of them; refuse such messages, or take the special tokens out of them, before they go in.
 *
 * Templates come with models of strangers: one that loops, or makes lists or texts, beyond any conversation is refused.
 * @example
 * const source = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{{ eos_token }}{% endfor %}";
 * const template = new ChatTemplate(source, { eosToken: '</s>' });
 * template.apply([{ role: 'user', content: 'Hi' }]); // => '<|user|>Hi</s>'
 * @category Tokenizers
 */
export class ChatTemplate {
  /** The template as it was given. */
  readonly source: string;
  readonly #program: unknown;
  readonly #tokens: Readonly<Record<string, string>>;

  /**
   * @param source - The template.
   * @param tokens - The special tokens it may name.
   * @throws {@link TokenizerError} if the template cannot be read.
   */
  constructor(
    source: string,
    tokens: {
      readonly bosToken?: string;
      readonly eosToken?: string;
      readonly padToken?: string;
      readonly unkToken?: string;
    } = {},
  ) {
    checkOptionNames('ChatTemplate', tokens ?? {}, ['bosToken', 'eosToken', 'padToken', 'unkToken']);
    const { bosToken = '', eosToken = '', padToken = '', unkToken = '' } = tokens ?? {};
    if (typeof source !== 'string') throw failed(typeof source, 'the text of a template');
    this.source = source;
    this.#tokens = { bos_token: bosToken, eos_token: eosToken, pad_token: padToken, unk_token: unkToken };
    if (source.length > LONGEST) throw failed(`${source.length} characters`, `at most ${LONGEST}`);
    try {
      this.#program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    } catch (cause) {
      throw failed((cause as Error).message, 'a template in Jinja', cause);
    }
  }

  /**
   * The text of a conversation.
   * @throws {@link TokenizerError} with what the template says if it refuses the conversation.
   */
  apply(messages: readonly ChatMessage[], options: ChatTemplateOptions = {}): string {
    checkOptionNames('ChatTemplate.apply', options ?? {}, ['addGenerationPrompt', 'tools', 'variables']);
    const { addGenerationPrompt = false, tools, variables = {} } = options ?? {};
    if (!Array.isArray(messages)) throw failed(`messages: ${typeof messages}`, 'a list of messages');
    const values = {
      ...this.#tokens,
      ...(tools === undefined ? {} : { tools }),
      ...variables,
      messages,
      add_generation_prompt: addGenerationPrompt,
    };
    try {
      return render(this.#program, values);
    } catch (cause) {
      throw failed((cause as Error).message, 'a conversation the template takes', cause);
    }
  }
}

function failed(got: string, expected: string, cause?: unknown): TokenizerError {
  return new TokenizerError(
    'ARGUMENT',
    `ChatTemplate: the template cannot be applied. Got '${got}'; expected ${expected}.`,
    {
      op: 'ChatTemplate',
      cause,
    },
  );
}
