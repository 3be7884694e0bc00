/** Where Japanese may break: BudouX at build time, for headings, buttons, card titles and table heads. */
import { loadDefaultJapaneseParser } from 'budoux';

const parser = loadDefaultJapaneseParser();

/** HTML → the same with `<wbr>` between phrases. Tags stay; only text between them is parsed. */
export function phraseHtml(html: string): string {
  return html
    .split(/(<[^>]*>)/)
    .map((part) => (part.startsWith('<') ? part : phraseText(part)))
    .join('');
}

function phraseText(text: string): string {
  if (!/[぀-ヿ一-鿿]/.test(text)) return text;
  return parser.parse(text).join('<wbr>');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);
}
