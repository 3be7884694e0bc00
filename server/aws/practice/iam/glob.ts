/**
 * `*` and `?` as IAM reads them; two cursors instead of a regular expression, so never exponential.
 * `any` and `one` are the wildcards of this pattern: a text with literal stars in it has others.
 */
export function globMatches(pattern: string, text: string, any = '*', one = '?'): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === any) {
      star = p++;
      mark = t;
    } else if (c !== undefined && (c === one || c === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === any) p++;
  return p === pattern.length;
}

/**
 * ARNs part by part, so that a `*` never reaches over a colon; the sixth part keeps its own colons.
 * Parts that a pattern leaves out are stars, as AWS completes them.
 */
export function arnMatches(pattern: string, arn: string, any = '*', one = '?'): boolean {
  if (pattern === any) return true;
  const wanted = arnParts(pattern);
  const given = arnParts(arn);
  if (wanted[0] !== 'arn' || given.length !== 6) return globMatches(pattern, arn, any, one);
  return given.every((part, i) => globMatches(wanted[i] ?? any, part, any, one));
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
