import { ArgumentError } from '@gai/core';

/** Whether a value is a token of a vocabulary. */
export const isToken = (id: unknown, vocabulary: number): id is number =>
  Number.isInteger(id) && Number(id) >= 0 && Number(id) < vocabulary;

/**
 * Says that a model lacks a token.
 * @param got - The id, and where it stands.
 */
export const noSuchToken = (op: string, got: string, vocabulary: number): ArgumentError =>
  new ArgumentError(
    `${op}: there is no such token. Got ${got}; expected whole numbers from 0 to ${vocabulary - 1}. Encode with the tokenizer of this model.`,
    { op, details: { got, vocabulary } },
  );
