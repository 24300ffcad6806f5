export * from './error-classes.ts';
export { checkOptionNames } from './argument.ts';
export { nearestName } from './nearest-name.ts';
export { withCodes } from './escaped.ts';
