// Plays histories that src/rooms/drafts/merge_test.cpp made (its command line) with the browsers' merge, and compares each step's bytes.
import fs from 'node:fs';

// As its text: without a package.json beside it, older Nodes take a .js file for something else than a module.
const text = fs.readFileSync(new URL('../../web/studio/draft_merge.js', import.meta.url));
const { canonical, choices, empty, life, merge, write } = await import(`data:text/javascript;base64,${text.toString('base64')}`);

let steps_seen = 0;
for (const [number, history] of JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).entries()) {
  const copies = [0, 1, 2, 3].map(() => empty(history.id));
  for (const [at, step] of history.steps.entries()) {
    const where = step.write ?? step.take;
    copies[where] = step.write === undefined ? merge(copies[where], copies[step.from]) : write(copies[where], step.writer, step.changes);
    const shown = step.shown && JSON.stringify([choices(copies[where], 'title').map(({ value }) => value), life(copies[where])]);
    if (canonical(copies[where]) !== step.after || (step.shown && shown !== JSON.stringify([step.shown, step.life]))) {
      console.log(`history ${number}, step ${at}:\n  ${canonical(copies[where])}\n  ${step.after}`);
      process.exit(1);
    }
    steps_seen += 1;
  }
}
console.log(`${steps_seen} steps, the same bytes`);
