/** Finds memory writes that hide from the type check behind a value without a type. */
import ts from "typescript-classic";
import type { TypeFault } from "./type-check.ts";

const writers: readonly string[] = ["write", "append", "remove"];

/** Calls of `write`, `append` or `remove` on a value of type `any`: the sandbox refuses them outside of afterLog and beforePlan. */
export function untypedWrites(modules: ReadonlyMap<string, ts.SourceFile>, checker: ts.TypeChecker): TypeFault[] {
  const faults: TypeFault[] = [];
  for (const [path, source] of modules) {
    const visit = (node: ts.Node): void => {
      const name = calledName(node);
      if (name !== undefined && isAny(checker, name.object)) {
        const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
        const message = `${name.text}() is called on a value without a type. Memory is written in afterLog and beforePlan only, before the action of the step is known; elsewhere the sandbox refuses it. Keep the type of ctx.memory.`;
        faults.push({ path, line, message });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return faults;
}

function calledName(node: ts.Node): { text: string; object: ts.Expression } | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  if (ts.isPropertyAccessExpression(expression)) {
    return writers.includes(expression.name.text)
      ? { text: expression.name.text, object: expression.expression }
      : undefined;
  }
  if (!ts.isElementAccessExpression(expression)) return undefined;
  const { argumentExpression } = expression;
  const text = ts.isStringLiteral(argumentExpression) ? argumentExpression.text : undefined;
  return text !== undefined && writers.includes(text) ? { text, object: expression.expression } : undefined;
}

function isAny(checker: ts.TypeChecker, object: ts.Expression): boolean {
  return (checker.getTypeAtLocation(object).flags & ts.TypeFlags.Any) !== 0;
}
