// Published test vectors are other people's files: they are read from a folder beside the project where there is one, as the C++ tests do
// (tests/support/vectors.hpp), and who finds none says so.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { option } from './harness.mjs';

const beside = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../shared/data');
export const folder = path.resolve(option('vectors', process.env.BARROW_VECTORS || beside));

// The bytes of a file below the folder, or null.
export function vector_file(name) {
  try { return fs.readFileSync(path.join(folder, name)); } catch { return null; }
}

// Every file below a folder of it, as paths from the folder of all.
export function vector_files(below) {
  const at = path.join(folder, below);
  if (!fs.existsSync(at)) return [];
  return fs.readdirSync(at, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? vector_files(path.join(below, one.name)) : [path.join(below, one.name)])).sort();
}
