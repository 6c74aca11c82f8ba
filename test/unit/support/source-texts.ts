import * as fs from "node:fs";
import * as ts from "typescript";

/** A text of a source file: what is fixed of it, in order, without what is put in between at run time. */
export type FixedParts = readonly string[];

/** How the clause of a mistake begins that follows the value's name (registry/issue.ts). */
const clause = /^(is|are|has|have|contains|names|needs|makes|holds|does|begins|ends|matches|cannot|and) /;

/** What is wrong with a value, in the words of a source file: every clause, and whatever stands where a problem belongs. */
export function problemsIn(file: string): readonly FixedParts[] {
  return textsIn(file)
    .filter(({ node, parts: [first = ""] }) => clause.test(first) || isProblem(node))
    .map(({ parts }) => parts);
}

/** The sentences of a source file that say what to do after `; `, up to there. */
export function sentencesIn(file: string): readonly FixedParts[] {
  return textsIn(file).flatMap(({ parts }) => {
    const last = parts.findIndex((part) => part.includes("; "));
    return last < 0 ? [] : [[...parts.slice(0, last), parts[last]?.replace(/; .*$/s, "") ?? ""]];
  });
}

/** `problem: "…"` and `sentence: "…"`, and the text before the fix in `reader.refuse(key, code, "…", fix)`. */
function isProblem(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return /^(problem|sentence)$/.test(parent.name.getText());
  if (!ts.isCallExpression(parent) || !/\b(refuse|refused)$/.test(parent.expression.getText())) return false;
  return parent.arguments.indexOf(node as ts.Expression) === parent.arguments.length - 2;
}

function textsIn(file: string): readonly { readonly node: ts.Node; readonly parts: FixedParts }[] {
  const texts: { node: ts.Node; parts: FixedParts }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push({ node, parts: [node.text] });
    if (ts.isTemplateExpression(node)) {
      texts.push({ node, parts: [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)] });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
  return texts;
}
