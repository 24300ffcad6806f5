import type { PickleMachine } from './machine.ts';
import { Tuple } from './values.ts';

/** What an instruction does. */
type Instruction = (machine: PickleMachine) => void;

/** The topmost values, in the order in which they were put there. */
const items = (machine: PickleMachine, count: number): Tuple => {
  const values = Array.from({ length: count }, () => machine.pop());
  return new Tuple(values.reverse());
};

/**
 * Every instruction that is carried out, by its code: those of the protocols 2 to 5 that make plain values, and of the
 * older ones what the newer still use.
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map(
  Object.entries({
    // What frames them.
    '\x80': (m) => m.read.uint8(), // PROTO
    '\x95': (m) => m.read.length64(), // FRAME
    // Plain values.
    N: (m) => m.push(null),
    '\x88': (m) => m.push(true),
    '\x89': (m) => m.push(false),
    J: (m) => m.push(m.read.int32()), // BININT
    K: (m) => m.push(m.read.uint8()), // BININT1
    M: (m) => m.push(m.read.uint16()), // BININT2
    '\x8a': (m) => m.push(m.read.long(m.read.uint8())), // LONG1
    '\x8b': (m) => m.push(m.read.long(m.read.uint32())), // LONG4
    G: (m) => m.push(m.read.float64()), // BINFLOAT
    X: (m) => m.push(m.read.text(m.read.uint32())), // BINUNICODE
    '\x8c': (m) => m.push(m.read.text(m.read.uint8())), // SHORT_BINUNICODE
    '\x8d': (m) => m.push(m.read.text(m.read.length64())), // BINUNICODE8
    U: (m) => m.push(m.read.latin1(m.read.uint8())), // SHORT_BINSTRING
    T: (m) => m.push(m.read.latin1(m.read.uint32())), // BINSTRING
    C: (m) => m.push(m.read.bytes(m.read.uint8())), // SHORT_BINBYTES
    B: (m) => m.push(m.read.bytes(m.read.uint32())), // BINBYTES
    '\x8e': (m) => m.push(m.read.bytes(m.read.length64())), // BINBYTES8
    // Containers.
    '(': (m) => m.mark(),
    ')': (m) => m.push(new Tuple([])),
    '\x85': (m) => m.push(items(m, 1)),
    '\x86': (m) => m.push(items(m, 2)),
    '\x87': (m) => m.push(items(m, 3)),
    t: (m) => m.push(new Tuple(m.popMark())),
    ']': (m) => m.push([]),
    l: (m) => m.push(m.popMark()),
    a: (m) => m.appendTo([m.pop()]),
    e: (m) => m.appendTo(m.popMark()),
    '}': (m) => m.push(new Map()),
    d: (m) => m.push(m.dict(m.popMark())),
    s: (m) => m.setItems(items(m, 2).items),
    u: (m) => m.setItems(m.popMark()),
    '\x8f': (m) => m.push(new Set()),
    '\x90': (m) => m.addTo(m.popMark()),
    '\x91': (m) => m.push(new Set(m.popMark().map((each) => m.key(each)))), // FROZENSET
    // The stack and what is remembered.
    '0': (m) => m.pop(),
    '1': (m) => m.popMark(),
    '2': (m) => m.push(m.top()),
    q: (m) => m.put(m.read.uint8()), // BINPUT
    r: (m) => m.put(m.read.uint32()), // LONG_BINPUT
    '\x94': (m) => m.memoize(),
    h: (m) => m.get(m.read.uint8()), // BINGET
    j: (m) => m.get(m.read.uint32()), // LONG_BINGET
    // Names of a table, and values made by it.
    c: (m) => m.name(m.read.line(), m.read.line()), // GLOBAL
    '\x93': (m) => {
      const name = m.popText(); // STACK_GLOBAL
      m.name(m.popText(), name);
    },
    Q: (m) => m.persistent(), // BINPERSID
    R: (m) => m.build(), // REDUCE
    '\x81': (m) => m.build(), // NEWOBJ
    b: (m) => m.setState(), // BUILD
  } satisfies Record<string, Instruction>).map(([character, instruction]) => [
    character.charCodeAt(0),
    instruction as Instruction,
  ]),
);
