/**
 * What a lab's `lab.yaml` may say: the one schema for site, server and linter. A leaf: it imports
 * nothing of ours. `labs/AUTHORING.md` explains each key to authors.
 */
import { z } from 'zod';

const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,23}$/, 'a slug: small ASCII letters, digits and dashes, at most 24');
const text = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });
/** A whole string, or one with `{{var}}` in it. */
const template = z.string();

const variable = z
  .strictObject({
    prefix: z.string().optional(),
    pick: z.array(z.string()).min(2).optional(),
    range: z.tuple([z.int(), z.int()]).optional(),
    sum: z.array(z.string()).min(2).optional(),
  })
  .refine((v) => [v.pick, v.range, v.sum].filter((way) => way !== undefined).length === 1, {
    error: 'exactly one of pick, range and sum',
  });

const wrongAnswer = z
  .strictObject({ equals: template.optional(), contains: template.optional(), say: text })
  .refine((rule) => (rule.equals === undefined) !== (rule.contains === undefined), {
    error: 'either equals or contains',
  });

const answerCheck = z.strictObject({
  answer: z.strictObject({
    equals: template,
    normalise: z.enum(['number', 'text']),
    wrong: z.array(wrongAnswer).default([]),
    say: text,
  }),
});

const ledgerCheck = z.strictObject({
  ledger: z.strictObject({
    call: z.string().regex(/^[a-z0-9-]+:[A-Za-z]+$/, 'service:Operation, as in ecs:ListClusters'),
    by: z.enum(['learner']),
    outcome: z.enum(['ok', 'denied']).default('ok'),
  }),
});

const hint = z
  .strictObject({
    afterFails: z.int().positive().optional(),
    afterMinutes: z.number().positive().optional(),
    text,
  })
  .refine((h) => (h.afterFails === undefined) !== (h.afterMinutes === undefined), {
    error: 'either afterFails or afterMinutes',
  });

const task = z.strictObject({
  id: slug,
  kind: z.enum(['edge']),
  title: text,
  /** The label of the answer field. */
  ask: text.optional(),
  check: z.union([answerCheck, ledgerCheck]),
  hints: z.array(hint).default([]),
});

const step = z.strictObject({
  id: slug,
  title: text,
  /** What to do in this step, in one sentence: for the shared screen. */
  sentence: text,
  minutes: z.int().positive(),
  tasks: z.array(task).min(1),
  solve: z.string(),
  wrong: z.array(z.strictObject({ id: slug, file: z.string(), rejectedBy: slug, says: z.string().min(1) })),
});

const port = z.int().min(1024).max(65_535);

/** Of the Internet, in the spelling that names have there: small letters, punycode, no dot at the end. */
const destination = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[1-9]\d{0,4}$/, 'a host name and a port, as in example.com:443')
  .refine((entry) => Number(entry.split(':')[1]) <= 65_535, { error: 'a port is at most 65535' });

/** A companion of the seat: a program with a sandbox of its own, out of the learner's reach but for its port. */
const service = z.strictObject({
  id: slug,
  title: text,
  memoryMiB: z.int().min(64).max(2048),
  pids: z.int().min(16).max(512).default(64),
  /** Its disk. */
  homeMiB: z.int().min(1).max(1024),
  /** On which it listens, in its own sandbox and, forwarded, in the learner's. */
  port,
  run: z.union([
    /** A PostgreSQL with a database and an application role of this name; `sql` has filled it. */
    z.strictObject({
      postgres: z.strictObject({ database: slug, password: template, sql: z.string().optional() }),
    }),
    /** nginx with this configuration, a file of the lab. */
    z.strictObject({ nginx: z.strictObject({ config: z.string(), files: z.array(z.string()).default([]) }) }),
    /** Any other program of the host; files of the lab are put into its home. */
    z.strictObject({
      command: z.strictObject({ argv: z.array(template).min(1), files: z.array(z.string()).default([]) }),
    }),
  ]),
  /** A path that answers 200 when all is well; without one, the port has to take connections. */
  health: z.string().startsWith('/').optional(),
  /** It serves web pages that the page shows. */
  preview: z.boolean().default(false),
});

/** A disk is memory, and home, /tmp and /dev/shm together take half of it at most. */
const HOME_SHARE = 5 / 16;
/** An empty database of PostgreSQL takes 28 of them. */
const POSTGRES_HOME_MIB = 48;
/** Of the credentials, practice AWS and the way out: every seat has them. */
const TAKEN_PORTS = [3128, 9911, 9912];

/** Sentences about services that could not run as they are written. */
function serviceFaults(services: readonly z.infer<typeof service>[], previews: readonly number[]): string[] {
  const ports = [...TAKEN_PORTS, ...previews, ...services.map((one) => one.port)];
  const ids = services.map(({ id }) => id);
  return services.flatMap(({ id, port: own, homeMiB, memoryMiB, run }) => [
    ...(ids.filter((other) => other === id).length > 1 ? [`the service "${id}" is there twice`] : []),
    ...(ports.filter((other) => other === own).length > 1 ? [`port ${own} of "${id}" is taken`] : []),
    ...(homeMiB > memoryMiB * HOME_SHARE
      ? [
          `"${id}" has a home of ${homeMiB} MiB, and ${memoryMiB} MiB of memory leave ${memoryMiB * HOME_SHARE}`,
        ]
      : []),
    ...('postgres' in run && homeMiB < POSTGRES_HOME_MIB
      ? [`"${id}" is a PostgreSQL: its home needs ${POSTGRES_HOME_MIB} MiB at least`]
      : []),
  ]);
}

export const labSchema = z
  .strictObject({
    format: z.literal(1),
    id: slug,
    title: text,
    summary: text,
    minutes: z.int().positive(),
    chore: slug,
    waits: text,
    /** What has become of the one who waited, when all is done. */
    done: text,
    modes: z.array(z.enum(['self', 'mob', 'reading'])).min(1),
    requires: z.strictObject({ tools: z.array(z.enum(['aws'])) }),
    sandbox: z.strictObject({
      memoryMiB: z.int().min(64).max(2048),
      pids: z.int().min(16).max(1024),
      homeMiB: z.int().min(1).max(1024),
      /** What the learner's programs may reach outside, by name; nothing else leaves. */
      egress: z.array(destination).default([]),
      /** Ports on which the learner's own programs serve web pages that the page shows. */
      previews: z.array(port).default([]),
    }),
    /** Absent: nobody counts. */
    lease: z
      .strictObject({
        minutes: z.int().min(1).max(720),
        extendBy: z.int().min(0).max(120),
        most: z.int().min(1).max(1440),
      })
      .optional(),
    services: z.array(service).max(4).default([]),
    aws: z.strictObject({
      account: z.enum(['practice']),
      allow: z.array(z.string().regex(/^[a-z0-9-]+:[A-Za-z*]+$/)).min(1),
    }),
    vars: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), variable),
    world: z.string(),
    steps: z.array(step).min(1),
  })
  .superRefine((lab, context) => {
    const ids = [...lab.steps.map((s) => s.id), ...lab.steps.flatMap((s) => s.tasks.map((t) => t.id))];
    for (const id of ids.filter((one, at) => ids.indexOf(one) !== at)) {
      context.addIssue({ code: 'custom', message: `the id "${id}" is used twice`, path: ['steps'] });
    }
    for (const s of lab.steps) {
      for (const t of s.tasks.filter((one) => 'answer' in one.check && one.ask === undefined)) {
        context.addIssue({
          code: 'custom',
          message: `task "${t.id}" checks an answer, so it needs "ask"`,
          path: ['steps'],
        });
      }
      for (const w of s.wrong.filter((one) => !s.tasks.some((t) => t.id === one.rejectedBy))) {
        context.addIssue({
          code: 'custom',
          message: `wrong fix "${w.id}": this step has no task "${w.rejectedBy}"`,
          path: ['steps'],
        });
      }
    }
    for (const message of serviceFaults(lab.services, lab.sandbox.previews)) {
      context.addIssue({ code: 'custom', message, path: ['services'] });
    }
    const known = new Set(Object.keys(lab.vars));
    for (const name of JSON.stringify([lab.steps, lab.services]).matchAll(/\{\{(\w+)\}\}/g)) {
      if (!known.has(name[1] ?? '')) {
        context.addIssue({ code: 'custom', message: `{{${name[1]}}} is not among vars`, path: ['vars'] });
      }
    }
  });

export type Lab = z.infer<typeof labSchema>;
export type Service = Lab['services'][number];
export type Lease = NonNullable<Lab['lease']>;
export type Step = Lab['steps'][number];
export type Task = Step['tasks'][number];
export type Vars = Readonly<Record<string, string>>;

/** `solve/*.yaml` and `wrong/*.yaml`: what a person would do, in order. */
export const scriptSchema = z.array(
  z.union([
    z.strictObject({ type: template }),
    z.strictObject({ answer: z.strictObject({ task: slug, value: template }) }),
  ]),
);
export type Script = z.infer<typeof scriptSchema>;

/** Puts the attempt's values into `{{name}}`; an unknown name stays as it is. */
export function fill(template: string, vars: Vars): string {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => vars[name] ?? whole);
}
