export { search } from './search.ts';
export type { SearchOptions, SearchResult } from './search.ts';
export type { MedianStopOptions } from './median-stop.ts';
export type { Choices, NumberRange, SearchParams, SearchSpace } from './space.ts';
export type { FinishedTrial, Trial, TrialState } from './trial.ts';
