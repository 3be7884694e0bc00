/** The worker of the mirrors, but some output ends it: `hang`, `fill`, `throw`. */
import { Boundary } from '../../server/terminals/boundary.ts';

const push = Boundary.prototype.push;
Boundary.prototype.push = function (chunk) {
  const text = Buffer.from(chunk).toString();
  if (text.includes('<hang>')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  const filled: unknown[] = [];
  while (text.includes('<fill>')) filled.push(Array.from({ length: 100_000 }, () => ({})));
  if (text.includes('<throw>')) throw new Error('as a defect of ours would');
  push.call(this, chunk);
};

await import('../../server/terminals/mirror-worker.ts');
