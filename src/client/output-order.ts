/** Which bytes of a frame are new: terminal output is one sequence of absolute offsets. */

export type Placed =
  | { readonly kind: 'write'; readonly bytes: Uint8Array; readonly next: number }
  | { readonly kind: 'old' }
  | { readonly kind: 'gap' };

/** `next`: the offset up to which everything has been handed to the terminal; null before the first screen. */
export function place(next: number | null, offset: number, bytes: Uint8Array): Placed {
  if (next === null) return { kind: 'gap' };
  const end = offset + bytes.length;
  if (end <= next) return { kind: 'old' };
  if (offset > next) return { kind: 'gap' };
  return { kind: 'write', bytes: bytes.subarray(next - offset), next: end };
}
