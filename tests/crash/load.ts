/** People at work while their server may be killed: what they were told is done, and what they had asked for. */
import type { Refusal } from '#protocol/messages.ts';
import type { Person, Tab } from '../support/person.ts';
import { until } from '../support/until.ts';

const BLOB_BYTES = 300_000;

/** Changes one service again and again, by the library of the system's own CLI, and never tries twice. */
const CHANGES = `
import os, sys
from awscli.botocore.config import Config
from awscli.botocore.session import get_session
ecs = get_session().create_client('ecs', endpoint_url=os.environ['AWS_ENDPOINT_URL'],
                                  config=Config(retries={'max_attempts': 1}))
n = int(sys.argv[2])
while True:
    ecs.update_service(cluster=sys.argv[1], service='worker-mail', desiredCount=n % 7 + 1)
    print('now', n % 7 + 1, flush=True)
    n += 1
`;

export class Worker {
  readonly person: Person;
  readonly room: string;
  tab: Tab;
  /** The last number of which it was said that it is kept, and the last that was asked for. */
  readonly home = { told: 0, asked: 0 };
  readonly answer = { told: '', asked: '' };
  /** desiredCount of each change of the practice world that was answered, in order. */
  readonly world: { readonly told: number[] } = { told: [] };
  /** Saved points of which the page was told. */
  points: readonly string[] = [];
  #n = 0;
  #from = 0;
  #toldBefore = '';

  constructor(person: Person, room: string, tab: Tab) {
    this.person = person;
    this.room = room;
    this.tab = tab;
  }

  /** In this life of the server, something was told to be done. */
  get isAtWork(): boolean {
    const { home, answer, tab } = this;
    return this.#toldBefore !== `${home.told}${answer.told}` || /now \d+\r/.test(tab.text.slice(this.#from));
  }

  /** Goes on until the server is gone. */
  async work(kind: 'home' | 'answers' | 'world'): Promise<void> {
    const { tab } = this;
    this.#from = tab.text.length;
    this.#toldBefore = `${this.home.told}${this.answer.told}`;
    while (tab.closed === null) {
      // It ends by itself once the line is closed, and reads first what came over it.
      if (kind === 'world') return this.#change();
      const step = this.#step(kind);
      // What is asked of a server that is gone is never answered.
      const gone = closed(tab);
      await Promise.race([step.catch((error: unknown) => ended(tab, error)), gone.promise]).finally(
        gone.stop,
      );
    }
  }

  #step(kind: 'home' | 'answers'): Promise<void> {
    this.#n += 1;
    return kind === 'home' ? this.#save() : this.#say();
  }

  /** Two files that belong together, one that shows a torn write, and a saved point of it all. */
  async #save(): Promise<void> {
    const { tab } = this;
    this.home.asked += 1;
    const n = this.home.asked;
    await tab.run(
      `echo ${n} >one; head -c ${BLOB_BYTES} /dev/urandom >blob; sha256sum blob >sum; echo ${n} >two`,
    );
    if ((await patiently(tab, () => tab.savePoint())) !== null) return;
    this.home.told = n;
    this.points = tab.seat.points.map(({ id }) => id);
  }

  async #say(): Promise<void> {
    const { tab } = this;
    this.answer.asked = `${this.room}-${this.#n}`;
    const { asked } = this.answer;
    if ((await patiently(tab, () => tab.answer('service', asked))) === null) this.answer.told = asked;
    if (this.#n === 1) await tab.run('aws sts get-caller-identity');
  }

  /** Counts up and round, so that a change that is made twice would show. Ends with the server. */
  async #change(): Promise<void> {
    const { tab, world } = this;
    const { cluster = '' } = tab.attempt.vars;
    const before = tab.text.length;
    const first = world.told.length;
    const program = Buffer.from(CHANGES).toString('base64');
    tab.type(`echo ${program} | base64 -d >c.py; python3 c.py ${cluster} ${first}\r`);
    await until(() => tab.closed !== null || tab.text.slice(before).includes('Error'), { ms: 60_000 });
    const said = tab.text.slice(before);
    if (tab.closed === null) throw new Error(`update-service said: ${said.slice(-500)}`);
    world.told.push(...[...said.matchAll(/now (\d+)\r/g)].map(([, count]) => Number(count)));
  }
}

/** Some work may be asked for twice a second; a person would be slower. */
async function patiently(tab: Tab, ask: () => Promise<Refusal | null>): Promise<Refusal | null> {
  for (;;) {
    const answer = await ask();
    if (answer?.code !== 'too-many' || tab.closed !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What goes wrong because the server is gone is what is looked for; anything else is a failure. */
async function ended(tab: Tab, error: unknown): Promise<void> {
  await until(() => tab.closed !== null).catch(() => Promise.reject(error));
}

function closed(tab: Tab): { readonly promise: Promise<void>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (tab.closed !== null) resolve();
  }, 5);
  return { promise, stop: () => clearInterval(timer) };
}
