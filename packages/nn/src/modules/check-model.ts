import { refuse } from '../refuse.ts';
import { isModule } from './brands.ts';

/** Refuses what is no model. */
export function checkModel(op: string, model: unknown): void {
  if (isModule(model)) return;
  const remedy = typeof model === 'function' ? 'Make one: new Net().' : 'Let its class extend Module.';
  refuse({ op, what: 'the model is not a Module', got: model, expected: 'a Module', remedy });
}
