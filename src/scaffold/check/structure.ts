/**
 * What is left of a package's code when its wording is taken away: the syntax of each top-level statement without texts, types, comments
 * and local names. Two packages with the same structure differ in prompts only. Pure.
 *
 * Taken as wording: string and template texts, `text("...")`, constants that hold nothing else, array elements and properties that are
 * nothing else, the order of statements and the module they stand in. Numbers, conditions, calls and property names are structure.
 */
import ts from "typescript-classic";

/** Statements in a form that can be compared, sorted. */
export function structureOf(modules: ReadonlyMap<string, ts.SourceFile>): string[] {
  const found: string[] = [];
  for (const source of modules.values()) {
    const names = namesOf(source);
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement)) continue;
      const form = formOf(statement, names);
      if (form !== "") found.push(form);
    }
  }
  return found.sort();
}

interface Names {
  /** Declared in this module or taken from another of the package: their spelling says nothing. */
  local: ReadonlySet<string>;
  /** Constants that hold wording only. */
  wording: ReadonlySet<string>;
}

function namesOf(source: ts.SourceFile): Names {
  const local = new Set<string>();
  const wording = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const specifier = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : "";
      const bindings = node.importClause?.namedBindings;
      if (specifier !== "automem" && bindings !== undefined && ts.isNamedImports(bindings)) {
        for (const element of bindings.elements) local.add(element.name.text);
      }
      return;
    }
    if (isNamed(node) && node.name !== undefined && ts.isIdentifier(node.name)) local.add(node.name.text);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      if (isWording(node.initializer, wording)) wording.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { local, wording };
}

function isNamed(node: ts.Node): node is ts.Node & { name?: ts.Node } {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node)
  );
}

/** True for what is text and nothing else. */
function isWording(node: ts.Node, wording: ReadonlySet<string>): boolean {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return true;
  if (ts.isIdentifier(node)) return wording.has(node.text);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return isWording(node.expression, wording);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return isWording(node.left, wording) && isWording(node.right, wording);
  }
  if (ts.isArrayLiteralExpression(node)) return node.elements.every((element) => isWording(element, wording));
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every((each) => ts.isPropertyAssignment(each) && isWording(each.initializer, wording));
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "text") {
    return node.arguments.every((argument) => isWording(argument, wording));
  }
  return false;
}

function formOf(node: ts.Node, names: Names): string {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return "";
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeParameterDeclaration(node))
    return "";
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return formOf(node.expression, names);
  }
  if (ts.isNonNullExpression(node)) return formOf(node.expression, names);
  if (isWording(node, names.wording)) return "";
  if (ts.isVariableStatement(node) && node.declarationList.declarations.every((each) => holdsWording(each, names)))
    return "";
  if (ts.isPropertyAssignment(node) && isWording(node.initializer, names.wording)) return "";
  if (ts.isIdentifier(node)) return isFree(node, names) ? node.text : "_";
  if (ts.isNumericLiteral(node) || ts.isRegularExpressionLiteral(node) || ts.isBigIntLiteral(node)) return node.text;
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return "";
  if (node.kind === ts.SyntaxKind.ExportKeyword || ts.isEmptyStatement(node)) return "";
  const parts: string[] = [];
  ts.forEachChild(node, (child) => {
    const part = formOf(child, names);
    if (part !== "") parts.push(part);
  });
  return `${ts.SyntaxKind[node.kind]}(${parts.join(" ")})`;
}

function holdsWording({ initializer }: ts.VariableDeclaration, names: Names): boolean {
  return initializer !== undefined && isWording(initializer, names.wording);
}

/** True where the spelling counts: properties, and names from outside. */
function isFree(node: ts.Identifier, names: Names): boolean {
  const { parent } = node;
  const isProperty =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isMethodDeclaration(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node);
  return isProperty || !names.local.has(node.text);
}
