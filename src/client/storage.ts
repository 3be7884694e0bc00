/** What one browser remembers for its reader. Storage may be forbidden: then nothing is remembered. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`dojou.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`dojou.${key}`);
    else localStorage.setItem(`dojou.${key}`, value);
  } catch {
    // A private window: the choice holds for this page only.
  }
}

/** The same, for one tab and its reloads. */
export function recallInTab(key: string): string | null {
  try {
    return sessionStorage.getItem(`dojou.${key}`);
  } catch {
    return null;
  }
}

export function rememberInTab(key: string, value: string): void {
  try {
    sessionStorage.setItem(`dojou.${key}`, value);
  } catch {
    // As above.
  }
}
