/** How the terminal's letters look: one face whose Japanese is two cells wide, or the reader's own. */

const FACE = '"M PLUS 1 Code", "Noto Sans Mono CJK JP", "BIZ UDGothic", ui-monospace, monospace';
/** The second one belongs to the reader's computer; its Japanese may be a little off two cells. */
export const FACES = {
  plus: FACE,
  system: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace',
} as const;
export type FaceName = keyof typeof FACES;
export const FONT_SIZES = [11, 12, 13, 14, 15, 16, 18, 20, 24, 28] as const;
export const LINE_HEIGHT = 1.25;
/** Cell width over font size: the face is half an em wide. */
const CELL_RATIO = 0.5;

export interface CellShape {
  /** Of a cell, by pixel of font size. */
  readonly widthPerPx: number;
  readonly heightPerPx: number;
}

const MEASURED_PX = 100;
/** What M PLUS 1 Code is, and what is assumed where a canvas measures nothing. */
const PLUS: CellShape = { widthPerPx: CELL_RATIO, heightPerPx: LINE_HEIGHT * 1.2 };

/** xterm makes its cells as wide as a W and as high as the face is from top to bottom. */
export function cellOf(face: FaceName): CellShape {
  if (face === 'plus') return PLUS;
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return PLUS;
  context.font = `${MEASURED_PX}px ${FACES[face]}`;
  const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText('W');
  if (width === 0) return PLUS;
  const height = fontBoundingBoxAscent + fontBoundingBoxDescent;
  return { widthPerPx: width / MEASURED_PX, heightPerPx: (LINE_HEIGHT * height) / MEASURED_PX };
}

const FONTS_WITHIN_MS = 1500;

/**
 * xterm measures a cell once, when it opens: the face has to be there by then. On a slow line it is not,
 * and `late` is called when it is; without it, the reader's own face does.
 */
export async function fontsReady(late: () => void): Promise<void> {
  let waiting = true;
  const faces = Promise.all([
    document.fonts.load(`400 15px ${FACE}`, 'Aあ漢│'),
    document.fonts.load(`600 15px ${FACE}`, 'Aあ漢'),
  ]).then(
    () => waiting || late(),
    () => undefined,
  );
  await Promise.race([faces, new Promise((resolve) => setTimeout(resolve, FONTS_WITHIN_MS))]);
  waiting = false;
}

/** WebGL where a real GPU draws it; on software rendering the DOM is quicker, and readable by tools. */
export function hasGpu(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = info === null ? '' : String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer !== '' && !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
