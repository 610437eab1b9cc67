/** The API reference, made by TypeDoc of the doc comments in src/. */
import path from 'node:path';
import { Application, LogLevel } from 'typedoc';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What TypeDoc calls each entry of the package, by its folder in src/, and what users call it. */
const ENTRIES = { index: 'ddsp-worklet', train: 'ddsp-worklet/train', project: 'ddsp-worklet/train/browser' };
const FILES = ['src/index.ts', 'src/train/index.ts', 'src/project/index.ts'];

/** @param {string} out */
export async function buildReference(out) {
  const application = await Application.bootstrap({
    name: 'ddsp-worklet',
    entryPoints: FILES.map((file) => path.join(ROOT, file)),
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    ...{
      readme: 'none',
      excludePrivate: true,
      excludeInternal: true,
      disableSources: true,
      disableGit: true,
    },
    ...{ skipErrorChecking: true, validation: false, logLevel: LogLevel.Error, hideGenerator: true },
    navigationLinks: { Play: '../../live/', Docs: '../' },
  });
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc could not read the sources');
  for (const entry of project.children ?? []) {
    if (!ENTRIES[entry.name]) throw new Error(`TypeDoc found an entry that has no name here: ${entry.name}`);
    entry.name = ENTRIES[entry.name];
  }
  await application.generateDocs(project, out);
  if (application.logger.hasErrors()) throw new Error('TypeDoc could not write the API reference');
}
