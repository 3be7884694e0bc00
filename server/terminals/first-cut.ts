/** Where to begin with output whose beginning is lost. It knows bytes alone. */
const ESC = 0x1b;
const LF = 0x0a;

/**
 * An ESC begins anew, whatever stood before it. Without one it is most likely text: then from the next line
 * on, or from the next whole character.
 */
export function firstCut(output: Uint8Array): number {
  const sequence = output.indexOf(ESC);
  if (sequence !== -1) return sequence;
  const feed = output.indexOf(LF);
  if (feed !== -1) return feed + 1;
  const whole = output.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return whole === -1 ? 0 : whole;
}
