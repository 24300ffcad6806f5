/**
 * Teaches: how one text becomes tokens under different rules, and that offsets lead back to the text. Pass the path of a
 * tokenizer.json to see that one too.
 * Runs in a second; needs no network.
 */
import { readFileSync } from 'node:fs';
import { Tokenizer, characterTokenizer } from '../src/index.ts';

const TEXT = "The cat's naïve 🙂";
const words = ['[UNK]', 'the', 'cat', "'", 's', 'na', '##ive', '##ïve'];
const vocab = Object.fromEntries(words.map((token, id) => [token, id]));

const tokenizers: Record<string, Tokenizer> = {
  characters: characterTokenizer(TEXT),
  'words, BERT': Tokenizer.fromJSON({
    normalizer: { type: 'BertNormalizer', lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: { type: 'WordPiece', vocab, unk_token: '[UNK]' },
  }),
  'white space': Tokenizer.fromJSON({
    pre_tokenizer: { type: 'WhitespaceSplit' },
    model: { type: 'WordLevel', vocab: { '?': 0, The: 1 }, unk_token: '?' },
  }),
};
const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (given !== undefined) tokenizers[given] = Tokenizer.fromJSON(readFileSync(given, 'utf8'));

for (const [name, tokenizer] of Object.entries(tokenizers)) {
  const { ids, tokens, offsets } = tokenizer.encode(TEXT, { addSpecialTokens: false });
  console.log(`${name}: ${ids.length} tokens`);
  tokens.forEach((token, index) => {
    const [start, end] = offsets[index]!;
    console.log(`  ${String(ids[index]).padStart(6)}  ${token.padEnd(12)} '${TEXT.slice(start, end)}' at ${start}`);
  });
}
