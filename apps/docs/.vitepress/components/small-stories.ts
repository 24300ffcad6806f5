/** Makes choices that depend on a seed alone (mulberry32): the text of the page is the same for everybody. */
function chooser(seed: number): <T>(list: readonly T[]) => T {
  let state = seed >>> 0;
  return (list) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return list[Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * list.length)]!;
  };
}

const NAMES = ['Mia', 'Tom', 'Ada', 'Ben', 'Lea', 'Max', 'Eva', 'Leo'];
const THINGS = ['ball', 'book', 'drum', 'kite', 'lamp', 'shell', 'boat', 'clock'];
const COLOURS = ['red', 'blue', 'green', 'white', 'black', 'golden'];
const PLACES = [
  'under the bed',
  'in the garden',
  'on the shelf',
  'behind the door',
  'beside the river',
  'in the kitchen',
];
const WEATHERS = ['It rains', 'The sun shines', 'It snows', 'The wind blows'];
const MOODS = ['happy', 'tired', 'proud', 'hungry'];

/**
 * Little stories from a few words, one on each line: a thing is hidden, somebody asks, and the answer stands further up. A small model
 * learns their sentences in a minute; to know who answers what, a head has to look back.
 */
export function smallStories(count: number, seed = 1): string {
  const choose = chooser(seed);
  const story = (): string => {
    const [name, thing, colour, place] = [choose(NAMES), choose(THINGS), choose(COLOURS), choose(PLACES)];
    const friend = choose(NAMES.filter((other) => other !== name));
    const begin = choose([
      `${name} has a ${colour} ${thing}.`,
      `${choose(WEATHERS)}, and ${name} finds a ${colour} ${thing}.`,
      `${friend} gives a ${colour} ${thing} to ${name}.`,
    ]);
    const end = choose([
      `Now ${friend} is ${choose(MOODS)}.`,
      `So ${friend} looks ${place} and finds the ${thing}.`,
      `${friend} thanks ${name} and takes the ${colour} ${thing}.`,
    ]);
    return `${begin} ${name} puts the ${thing} ${place}. ${friend} asks: where is the ${thing}? ${name} says: the ${thing} is ${place}. ${end}`;
  };
  return Array.from({ length: count }, story).join('\n');
}
