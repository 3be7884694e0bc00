import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';

/**
 * The site is static, and ships under `script-src 'self'` and `style-src 'self'`: no inline script, no
 * inline style sheet, no asset as a data: URL, no island runtime.
 */
export default defineConfig({
  outDir: './dist',
  trailingSlash: 'always',
  build: { format: 'directory', inlineStylesheets: 'never' },
  devToolbar: { enabled: false },
  // Typographic quotes must not touch commands, and Japanese has its own.
  markdown: { processor: satteri({ features: { smartPunctuation: false } }), syntaxHighlight: false },
  integrations: [mdx()],
  vite: {
    plugins: [fontSubset()],
    build: {
      assetsInlineLimit: 0,
      // Astro's MDX modules carry a directive that the bundler does not know; it is harmless.
      rolldownOptions: { checks: { moduleLevelDirective: false } },
    },
  },
});

/**
 * @fontsource cuts M PLUS 1 Code in 119 pieces by how often characters occur (the last ones the most)
 * and offers each twice. Common kanji, kana and Latin are enough for a terminal; rarer characters come
 * from the system's own Japanese face, which is as wide.
 */
function fontSubset() {
  const FIRST_COMMON_PIECE = 90;
  return {
    name: 'dojou-font-subset',
    enforce: 'pre',
    transform(code, id) {
      if (!/@fontsource\/m-plus-1-code\/\d+\.css/.test(id)) return null;
      const faces = code.split(/(?=\/\* m-plus-1-code-)/).filter((face) => {
        const piece = /^\/\* m-plus-1-code-\[(\d+)\]/.exec(face);
        return piece === null
          ? !/vietnamese/.test(face.slice(0, 60))
          : Number(piece[1]) >= FIRST_COMMON_PIECE;
      });
      return faces.join('').replace(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, '');
    },
  };
}
