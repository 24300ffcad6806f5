import { refuse } from '../errors.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { PickleMachine } from './machine.ts';
import type { PickleRules } from './machine.ts';
import type { PickleValue } from './values.ts';

const STOP = 0x2e;

/**
 * Reads one pickle as data. An instruction that is not on the list, a name that the rules do not know, and everything a
 * plain container cannot be made of is refused: nothing that a file names is ever looked up, imported or called.
 *
 * Takes time and memory in proportion to the length of the pickle.
 * @param bytes - What holds the pickle.
 * @param start - Where it begins.
 * @returns What it holds, and where it ends.
 * @throws {@link NeedsMore} if the bytes end before the pickle does.
 */
export function unpickle(bytes: Uint8Array, start: number, rules: PickleRules): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, start, rules);
  for (;;) {
    const code = machine.read.uint8();
    if (code === STOP) return { value: machine.result(), end: machine.read.at };
    const instruction = INSTRUCTIONS.get(code);
    if (instruction === undefined) {
      refuse({
        op: rules.op,
        problem: 'an instruction that is not for data',
        got: `0x${code.toString(16)} at byte ${machine.read.at - 1}`,
        expected: 'those that make numbers, text and containers',
        remedy: 'The file is damaged, or holds more than weights. Nothing was run.',
      });
    }
    instruction(machine);
  }
}
