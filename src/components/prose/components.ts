/** What MDX may use, by the names of content/COMPONENTS.md. */
import Ask from './Ask.astro';
import Figure from './Figure.astro';
import Heading2 from './Heading2.astro';
import Heading3 from './Heading3.astro';
import Hint from './Hint.astro';
import HostNotes from './HostNotes.astro';
import KeyTerms from './KeyTerms.astro';
import Only from './Only.astro';
import Ours from './Ours.astro';
import Predict from './Predict.astro';
import Question from './Question.astro';
import Retrieve from './Retrieve.astro';
import Reveal from './Reveal.astro';
import RubyText from './Ruby.astro';
import Run from './Run.astro';
import Sources from './Sources.astro';
import Step from './Step.astro';
import Stop from './Stop.astro';
import Table from './Table.astro';
import TableHead from './TableHead.astro';
import Task from './Task.astro';
import Term from './Term.astro';
import Var from './Var.astro';
import Why from './Why.astro';

const shared = {
  h2: Heading2,
  h3: Heading3,
  table: Table,
  th: TableHead,
  Term,
  Predict,
  Question,
  Ours,
  Figure,
  Ruby: RubyText,
};

export const CHAPTER_PROSE = { ...shared, Stop, Retrieve, KeyTerms, HostNotes, Sources };
export const PAGE_PROSE = { h2: Heading2, h3: Heading3, table: Table, th: TableHead };
export const LAB_PROSE = { ...shared, Step, Task, Run, Ask, Hint, Only, Why, Var, Reveal };
