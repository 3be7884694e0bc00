import type { Service } from '../../../labs/schema.ts';
import { HOME } from '../../sandbox/environment.ts';
import { type LabFiles, labFile, type Program } from './program.ts';

type Facts = Extract<Service['run'], { command: unknown }>['command'];

/** Any program of the host, in a home with the lab's files in it. */
export function commandProgram({ argv, files }: Facts, labFiles: LabFiles): Program {
  return {
    argv,
    files: files.map((path) => ({ path: `${HOME}/${path}`, content: labFile(labFiles, path), mode: 0o755 })),
    home: () => Promise.resolve(null),
    prepare: () => Promise.resolve(),
    answers: () => Promise.resolve(true),
  };
}
