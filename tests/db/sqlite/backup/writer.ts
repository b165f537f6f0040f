import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../../../../db/sqlite/driver.ts';

/** Adds a paper and its authors in one transaction, over and over, until it is told to stop. */
const sqlite = openSqlite(workerData as string);
sqlite.pragma('busy_timeout = 60000');
const paper = sqlite.prepare(
  "INSERT INTO papers (id, version, title, authors, abstract, categories) VALUES (?, 1, '', '[]', '', '[]')",
);
const authors = sqlite.prepare("INSERT INTO paper_authors (paper_id, at) VALUES (?, '')");
const add = sqlite.transaction((id: string) => {
  paper.run(id);
  authors.run(id);
});

let written = 0;
const step = (): void => {
  for (let count = 0; count < 20; count += 1) {
    written += 1;
    add.immediate(`written-${written}`);
  }
  if (written === 20) parentPort?.postMessage('writing');
  next = setImmediate(step);
};
let next = setImmediate(step);
parentPort?.once('message', () => {
  clearImmediate(next);
  sqlite.close();
  parentPort?.postMessage(written);
});
