/** Takes texts one after the other. */
export interface TextSink {
  push(text: string): void;
  /** There are no more. */
  end(): void;
}

/** A step of decoding; it gives on what is certain, and holds back what depends on texts that are yet to come. */
export interface DecodeStep {
  /** Whether it gives on one text, however many come in: what it pushes are parts of that. */
  readonly joins: boolean;
  /** Begins with texts that go to `next` as it changes them. */
  start(next: TextSink): TextSink;
  /** The same for one text that comes in parts. Without it the parts are put together first. */
  startParts?: ((next: TextSink) => TextSink) | undefined;
}

/** Turns tokens into texts; joined they are the decoded text. */
export type Decoder = readonly DecodeStep[];

/** Begins to decode: tokens go into what is returned, texts come out at `sink`. */
export function startDecoder(steps: Decoder, sink: TextSink): TextSink {
  const firstJoin = steps.findIndex(({ joins }) => joins);
  const isInParts = (index: number): boolean => firstJoin >= 0 && index > firstJoin;
  return steps.reduceRight((next, step, index) => {
    if (!isInParts(index)) return step.start(next);
    return step.startParts?.(next) ?? putTogether(step.start(next));
  }, sink);
}

/** Gives on one text, when all its parts are there. */
function putTogether(next: TextSink): TextSink {
  const parts: string[] = [];
  return {
    push: (part) => void parts.push(part),
    end: () => {
      next.push(parts.join(''));
      next.end();
    },
  };
}

/** A step that changes each text by itself, and knows its place. */
export const changeEach = (
  change: (text: string, index: number) => string,
  startParts?: DecodeStep['startParts'],
): DecodeStep => ({
  joins: false,
  start: (next) => {
    let index = 0;
    return { push: (text) => next.push(change(text, index++)), end: () => next.end() };
  },
  startParts,
});
