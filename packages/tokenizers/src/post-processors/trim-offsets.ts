import { LISTS, partOf } from '../encoding/run.ts';
import type { Encoded, Piece } from '../encoding/run.ts';
import type { TokenOf } from './post-processor.ts';
import { characterRange } from '../text/aligned-text.ts';
import { isSpace } from '../text/characters.ts';

/** GPT-2's name of the space. */
const SPACE = 'Ġ';

const isBlank = (character: string): boolean => character === SPACE || isSpace(character);

/** Takes white space at the ends of tokens out of their offsets. */
export function trimOffsets({ text, pieces }: Encoded, tokenOf: TokenOf, addPrefixSpace: boolean): Encoded {
  const trimmed = pieces.map(({ run, range: [from, to] }): Piece => {
    // Only what is in the piece: copies of the whole run would be as many as there are pieces.
    const part = partOf(run, from, to);
    const { values, length } = part;
    const [starts, ends] = [LISTS.starts * length, LISTS.ends * length];
    for (let index = 0; index < length; index++) {
      const token = tokenOf(part, index);
      if (!isBlank(token[0] ?? '') && !isBlank(token.at(-1) ?? '')) continue;
      const [start, end] = [values[starts + index]!, values[ends + index]!];
      const mayBeInserted = addPrefixSpace && (index === 0 || start === 0);
      [values[starts + index], values[ends + index]] = trim([start, end], text, { token, mayBeInserted });
    }
    return { run: part, range: [0, length] };
  });
  return { text, pieces: trimmed as [Piece, ...Piece[]] };
}

function trim(
  [start, end]: readonly [number, number],
  text: string,
  { token, mayBeInserted }: { readonly token: string; readonly mayBeInserted: boolean },
): readonly [number, number] {
  const characters = [...token];
  const first = characters.findIndex((character) => !isBlank(character));
  const leading = first < 0 ? characters.length : first;
  const trailing = characters.length - 1 - characters.findLastIndex((character) => !isBlank(character));
  let from = start;
  // One space that was put before the text has no place of its own; two were there.
  for (let count = mayBeInserted && leading === 1 ? 1 : 0; count < leading && from < end; count++)
    from = characterRange(text, from)[1];
  let to = end;
  for (let count = 0; count < trailing && to > from; count++) to = characterRange(text, to - 1)[0];
  return [from, to];
}
