/**
 * How the Japanese of chapters and labs is checked. English mirrors are left to tests/unit/content.test.ts.
 * A rule that is loosened or off has its reason beside it.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse, stringify } = require('yaml');

const glossary = parse(readFileSync(join(__dirname, 'content', 'glossary.yaml'), 'utf8'));

/** One concept, one word: each avoided word of the glossary becomes an error that names the word to write. */
const oneWord = {
  version: 1,
  rules: glossary.terms.flatMap((term) =>
    term.avoid.ja.map((avoided) => ({ expected: term.ja, pattern: avoided })),
  ),
};

module.exports = {
  plugins: {
    // Components stand on lines of their own (content/COMPONENTS.md), so that Markdown reads them as HTML.
    '@textlint/markdown': { extensions: ['.mdx'] },
  },
  rules: {
    'preset-ja-technical-writing': {
      'sentence-length': { max: 90 },
      'max-kanji-continuous-len': { max: 6 },
      // です・ます everywhere, lists included; 「」 quote people, who speak as they speak.
      'no-mix-dearu-desumasu': {
        preferInHeader: '',
        preferInBody: 'ですます',
        preferInList: 'ですます',
        strict: false,
      },
      // A sentence may end with a quotation: 「30 秒待ちます」。 and 「…。」 are both fine.
      'ja-no-mixed-period': { allowPeriodMarks: ['」', '：'] },
      // Off: what we do not know is said as not known (WRITING.md: "Say what is uncertain").
      'ja-no-weak-phrase': false,
    },
    '@textlint-ja/preset-ai-writing': true,
    prh: { ruleContents: [stringify(oneWord)], checkLink: true, checkBlockQuote: true, checkEmphasis: true },
  },
};
