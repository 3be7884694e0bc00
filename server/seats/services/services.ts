/**
 * Services of a seat (PostgreSQL, nginx, any program), each in a companion sandbox with a user and
 * namespaces of its own: the learner reaches its port and nothing else of it. They know nothing of
 * rooms or pages, and what they keep ends with the seat.
 */
import type { Duplex } from 'node:stream';
import type { ServiceView } from '#protocol/seat.ts';
import type { Service } from '../../../labs/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { Throttle } from '../../lib/throttle.ts';
import type { Missing, Sandbox, SandboxDriver } from '../../sandbox/sandbox.ts';
import type { OpenPreview, Previews } from '../previews.ts';
import { commandProgram } from './command.ts';
import { Companion } from './companion.ts';
import { missingFor } from './host-programs.ts';
import { nginxProgram } from './nginx.ts';
import { postgresProgram } from './postgres.ts';
import type { PostgresTemplate } from './postgres-template.ts';
import type { LabFiles, Program } from './program.ts';

/** A noisy log is told so often. */
const TELL_EVERY_MS = 500;

export interface ServicesDeps {
  readonly driver: SandboxDriver;
  readonly postgres: PostgresTemplate;
  readonly previews: Previews;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServicesSpec {
  readonly services: readonly Service[];
  readonly labFiles: LabFiles;
}

type One =
  | { readonly service: Service; readonly missing: Missing }
  | { readonly service: Service; readonly companion: Companion; readonly preview: OpenPreview | null };

export class Services implements AsyncDisposable {
  readonly #all: readonly One[];
  readonly #parts = new AsyncDisposableStack();
  readonly #tell: () => void;

  /** Starts all of them and waits for none. */
  constructor(
    deps: ServicesDeps,
    { services, labFiles }: ServicesSpec,
    tell: (part: { readonly services: readonly ServiceView[] }) => void,
  ) {
    const stateChanged = () => tell({ services: this.views });
    this.#tell = stateChanged;
    const telling = this.#parts.use(new Throttle(deps.clock, TELL_EVERY_MS, stateChanged));
    const told = { stateChanged, logChanged: () => telling.ask() };
    this.#all = services.map((service) => {
      const missing = missingFor(service, deps.driver.name);
      if (missing !== null) return { service, missing };
      const program = () => programOf(service, labFiles, deps.postgres);
      const companion = this.#parts.use(new Companion(service, program, { ...deps, ...told }));
      if (!service.preview) return { service, companion, preview: null };
      const target = { port: service.port, connect: () => companion.connect() };
      return { service, companion, preview: this.#parts.use(deps.previews.open(target)) };
    });
    if (services.length === 0) return;
    stateChanged();
    this.#parts.defer(() => tell({ services: [] }));
  }

  /** From now on programs in this sandbox reach each service at 127.0.0.1 and its port. */
  async forwardInto(sandbox: Sandbox): Promise<void> {
    for (const one of this.#all) {
      if ('companion' in one)
        await sandbox.forward(one.service.port, (stream) => join(stream, one.companion));
    }
  }

  /** From now on other addresses lead to their web pages. */
  renewPreviews(): void {
    const shown = this.#all.flatMap((one) => ('companion' in one && one.preview ? [one.preview] : []));
    for (const preview of shown) preview.renew();
    if (shown.length > 0) this.#tell();
  }

  get views(): readonly ServiceView[] {
    return this.#all.map((one) => {
      const { id, title, port } = one.service;
      const reach = reachOf(one.service);
      if ('missing' in one) {
        const { what, remedy } = one.missing;
        const why = { ja: what.ja + remedy.ja, en: `${what.en} ${remedy.en}` };
        return { id, title, port, state: 'ended', why, reach, preview: null, log: '' };
      }
      const { companion, preview } = one;
      const { state, log } = companion;
      return { id, title, port, state, why: null, reach, preview: preview?.url ?? null, log };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

/** With the password, which the lab has drawn for this attempt alone: outside of the seat it opens nothing. */
function reachOf({ run, port, health, preview }: Service): string | null {
  if ('postgres' in run) {
    const { database, password } = run.postgres;
    const secret = encodeURIComponent(password).replaceAll("'", '%27');
    return `psql 'postgresql://${database}:${secret}@127.0.0.1:${port}/${database}'`;
  }
  const web = 'nginx' in run || health !== undefined || preview;
  return web ? `curl http://127.0.0.1:${port}/` : null;
}

function programOf({ run, port }: Service, labFiles: LabFiles, template: PostgresTemplate): Program {
  if ('postgres' in run) return postgresProgram(run.postgres, port, labFiles, template);
  return 'nginx' in run ? nginxProgram(run.nginx, labFiles) : commandProgram(run.command, labFiles);
}

/** Carries a connection of the learner's to the companion; what ends on one side ends on the other. */
function join(learner: Duplex, companion: Companion): void {
  companion.connect().then(
    (stream) => {
      if (learner.destroyed) {
        stream.on('error', () => undefined).destroy();
        return;
      }
      learner.pipe(stream).pipe(learner);
      const both = [learner, stream] as const;
      for (const [one, other] of [both, [stream, learner] as const]) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    },
    // Nobody is there to take it: the learner's program sees a connection that breaks off.
    () => learner.destroy(),
  );
}
