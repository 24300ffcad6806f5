/** Sizes of a model that learns in the page, and where a reader begins. Apart from what computes: pages show them before anything is loaded. */
export const SIZES = { layers: [1, 2, 3, 4], heads: [1, 2, 4], headSize: [8, 16, 32] } as const;

/** What is trained, besides the text. */
export const FIRST_GPT = { seed: 1, layers: 2, heads: 4, headSize: 16, learningRate: 0.005 } as const;

/** Texts of so many characters: less is nothing to learn from, more takes a page too long. */
export const TEXT_LENGTH = { least: 200, most: 500_000 } as const;

/** How many of the little stories there are. */
export const FIRST_STORIES = 400;

/** A story that the model has not read, broken off where it has to look back. */
export const FIRST_STORY =
  'Tom has a red ball. Tom puts the ball under the bed. Mia asks: where is the ball? Tom says: the ball is';
