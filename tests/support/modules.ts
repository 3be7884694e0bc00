/** Reads what our modules import and export, from their syntax alone. It judges nothing. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

export interface Import {
  /** Path from the root of the clone, or the bare name of a package. */
  readonly to: string;
  readonly ours: boolean;
  /** Vanishes when the module runs. */
  readonly typesOnly: boolean;
}

export interface Module {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exportsAll: boolean;
  readonly exportsDefault: boolean;
}

/** All modules below the folders, by path. */
export function readModules(root: string, folders: readonly string[]): readonly Module[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  const modules = paths.filter(
    (path) => /\.(ts|tsx|mjs|astro)$/.test(path) && statSync(join(root, path)).isFile(),
  );
  return modules.sort().map((path) => readModule(path, readFileSync(join(root, path), 'utf8')));
}

export function readModule(path: string, text: string): Module {
  const code = path.endsWith('.astro') ? codeOfAstro(text) : text;
  // Angle brackets are elements everywhere but in .ts.
  const name = path.endsWith('.ts') ? path : `${path}.tsx`;
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  let exportsAll = false;
  let exportsDefault = false;
  const add = (specifier: ts.Node | undefined, typesOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier))
      imports.push(resolve(path, specifier.text, typesOnly));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, exportsTypes(node));
      exportsAll ||= node.moduleSpecifier !== undefined && node.exportClause === undefined;
      exportsDefault ||= node.getText(source).includes(' as default');
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (isUrlOfModule(node, source)) add(node.arguments?.[0], false);
    else if (ts.isExportAssignment(node) || isDefault(node)) exportsDefault = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, lines: text.split('\n').length - 1, imports, exportsAll, exportsDefault };
}

/** The part between the fences, and the scripts of the page. */
function codeOfAstro(text: string): string {
  const front = /^\s*---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? '';
  const scripts = [...text.matchAll(/<script(?![^>]*\bis:inline\b)[^>]*>([\s\S]*?)<\/script>/g)];
  return [front, ...scripts.map(([, code]) => code)].join('\n;\n');
}

function importsTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false; // for its effect
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name || !named || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function exportsTypes(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  return clause !== undefined && ts.isNamedExports(clause) && clause.elements.every((one) => one.isTypeOnly);
}

/** `new URL('./worker.ts', import.meta.url)`: how a worker is named. */
function isUrlOfModule(node: ts.Node, source: ts.SourceFile): node is ts.NewExpression {
  if (!ts.isNewExpression(node) || node.expression.getText(source) !== 'URL') return false;
  const [path, base] = node.arguments ?? [];
  return (
    path !== undefined &&
    ts.isStringLiteralLike(path) &&
    /^\.\.?\/.*\.(ts|mjs)$/.test(path.text) &&
    base?.getText(source) === 'import.meta.url'
  );
}

function isDefault(node: ts.Node): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

function resolve(from: string, specifier: string, typesOnly: boolean): Import {
  const path = specifier.replace(/\?.*$/, '');
  if (path.startsWith('#protocol/')) {
    return { to: path.replace('#protocol/', 'server/protocol/'), ours: true, typesOnly };
  }
  if (!path.startsWith('.')) return { to: path, ours: false, typesOnly };
  return { to: posix.join(posix.dirname(from), path), ours: true, typesOnly };
}
