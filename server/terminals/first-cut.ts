/** Where to begin with output whose beginning is lost. It knows bytes alone. */
const ESC = 0x1b;
const LF = 0x0a;

/**
 * An ESC begins anew, whatever stood before it. Without one it is most likely text: then from the next line
 * on. Of a torn character the rest shows nothing.
 */
export function firstCut(output: Uint8Array): number {
  const sequence = output.indexOf(ESC);
  return sequence === -1 ? output.indexOf(LF) + 1 : sequence;
}
