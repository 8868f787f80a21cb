/** Steps on procedures, which are the same in every scope that has some. */
import type { Procedure } from '../model/procedures.ts';
import type { Operands } from './operands.ts';

/** Does a step on the procedures of a scope, with operands that lie ahead; false for a step on anything else. Throws for what is damaged. */
export function applyProcedureStep(operands: Operands, step: number, procedures: Map<string, Procedure>): boolean {
  switch (step) {
    case 10:
      procedures.delete(operands.str());
      return true;
    case 32:
    case 74: {
      operands.open();
      const name = operands.str('name');
      const createdAt = operands.int('created_at');
      operands.key('closure');
      procedures.set(name, { name, closure: operands.closure(), createdAt });
      return true;
    }
    case 40: {
      operands.open();
      const old = procedures.get(operands.str('old'));
      if (old === undefined) throw new Error('there is no such procedure');
      procedures.delete(old.name);
      const name = operands.str('name');
      procedures.set(name, { ...old, name });
      return true;
    }
    default:
      return false;
  }
}
