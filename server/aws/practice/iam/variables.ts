import type { Context } from './conditions.ts';
import { arnMatches, globMatches } from './glob.ts';

/** Stand for the wildcards of a text whose variables are filled in: what a variable brings is literal. */
const ANY = '\uE000';
const ONE = '\uE001';

export type Test = (value: string, context: Context) => boolean;

/** How a text of a policy is compared with a value. */
export type Comparison = 'equals' | 'equals ignoring case' | 'like' | 'arn';

/**
 * One text of a policy, ready to be compared. Variables: `${aws:username}`, `${aws:PrincipalTag/lab, 'none'}`,
 * and `${*}`, `${?}`, `${$}` for the characters themselves. A text with a variable that has no value
 * (nor a default) matches nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function textTest(wanted: string, comparison: Comparison): Test {
  if (!wanted.includes('${')) {
    switch (comparison) {
      case 'equals':
        return (value) => value === wanted;
      case 'equals ignoring case': {
        const lower = wanted.toLowerCase();
        return (value) => value.toLowerCase() === lower;
      }
      case 'like':
        return (value) => globMatches(wanted, value);
      case 'arn':
        return (value) => arnMatches(wanted, value);
    }
  }
  const wild = comparison === 'like' || comparison === 'arn';
  const parts = partsOf(wanted, wild);
  return (value, context) => {
    const text = filled(parts, context);
    if (text === null) return false;
    switch (comparison) {
      case 'equals':
        return value === text;
      case 'equals ignoring case':
        return value.toLowerCase() === text.toLowerCase();
      case 'like':
        return globMatches(text, value, ANY, ONE);
      case 'arn':
        return arnMatches(text, value, ANY, ONE);
    }
  };
}

type Part = string | { readonly key: string; readonly otherwise: string | undefined };

function partsOf(text: string, wild: boolean): readonly Part[] {
  return text.split(/(\$\{[^}]*\})/).map((piece, i) => {
    if (i % 2 === 0) return wild ? piece.replaceAll('*', ANY).replaceAll('?', ONE) : piece;
    const inside = piece.slice(2, -1);
    if (inside === '*' || inside === '?' || inside === '$') return inside;
    const comma = inside.indexOf(',');
    const key = (comma < 0 ? inside : inside.slice(0, comma)).trim().toLowerCase();
    const fallback = comma < 0 ? '' : inside.slice(comma + 1).trim();
    const quoted = fallback.length >= 2 && fallback.startsWith("'") && fallback.endsWith("'");
    return { key, otherwise: quoted ? fallback.slice(1, -1) : undefined };
  });
}

function filled(parts: readonly Part[], context: Context): string | null {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const values = context.get(part.key);
    // A key of several values is no variable.
    const value = values?.length === 1 ? values[0] : part.otherwise;
    if (value === undefined) return null;
    text += value.replaceAll(ANY, '\uFFFD').replaceAll(ONE, '\uFFFD');
  }
  return text;
}
