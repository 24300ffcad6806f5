/**
 * A JSON Schema (draft 2020-12 or 7) as data. Which keywords a model can be held to is the implementation's to say: it
 * throws for those it cannot.
 */
export type JsonSchema = { readonly [keyword: string]: unknown };
