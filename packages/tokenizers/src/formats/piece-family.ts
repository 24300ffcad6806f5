import type { Json } from '../read/fields.ts';
import { refuse } from './refuse.ts';

/** Tokenizers whose ids are those of SentencePiece's model, with the tokens around a text that this reader adds. */
const KNOWN = /^(M?T5|UMT5|Llama|CodeLlama|Gemma|PreTrained)/;
/** Kinds of models whose tokenizers give other ids to the same pieces, add tokens of their own, or change the text first. */
const OTHERS =
  /^(albert|barthez|big_?bird|camembert|deberta|fnet|m2m|marian|mbart|nllb|pegasus|plbart|reformer|rembert|seamless|speech_?to_?text|xglm|xlm|xlnet)/i;

/**
 * Refuses a SentencePiece model by itself where its ids would silently be others than the model was trained with.
 * @param config - tokenizer_config.json.
 * @param model - config.json, where there is one.
 */
export function checkPieceFamily(config: Json, model: Json = {}): void {
  const name = config['tokenizer_class'] ?? model['tokenizer_class'];
  const isOther = typeof name === 'string' ? !KNOWN.test(name) : OTHERS.test(String(model['model_type'] ?? ''));
  if (!isOther) return;
  const got = JSON.stringify(name ?? model['model_type']);
  throw refuse(
    "SentencePiece's model alone does not say the ids of this family",
    got,
    'tokenizer.json beside it, which transformers writes with AutoTokenizer.from_pretrained(...).save_pretrained(...)',
  );
}
