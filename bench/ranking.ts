import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readDays } from '../src/evaluation/days.ts';
import { evaluate } from '../src/evaluation/evaluate.ts';
import { evaluationPicture } from '../src/evaluation/picture.ts';
import { evaluationTable } from '../src/evaluation/report.ts';

// Measures the built-in rankings on days with known picks: `node bench/ranking.ts --days DIR --engine distilled --history 20`.
// `--last N` measures the last N days alone, `--svg F` draws them, `--json` prints the evaluation as it is.

const { values } = parseArgs({
  options: {
    days: { type: 'string' },
    engine: { type: 'string', default: 'local' },
    history: { type: 'string', default: '30' },
    last: { type: 'string' },
    topics: { type: 'string', default: 'config/topics/foundations.md' },
    svg: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (!values.days) throw new Error('Which days? --days DIR');
if (values.engine !== 'local' && values.engine !== 'distilled') throw new Error('--engine local or distilled');

const evaluation = await evaluate({
  days: await readDays(values.days, ['cs.LG', 'cs.AI']),
  engine: values.engine,
  history: Number(values.history),
  topics: await readFile(values.topics, 'utf8'),
  cutoffs: { relevance: 8, novelty: 7 },
  last: values.last === undefined ? undefined : Number(values.last),
});
if (values.svg) await writeFile(values.svg, evaluationPicture(evaluation));
console.log(values.json ? JSON.stringify(evaluation, null, 2) : evaluationTable(evaluation));
