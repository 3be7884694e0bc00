/** A room of the real server with a driver in it and people who only watch, all through the front door. */
import { Person } from '../../support/person.ts';
import { TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';
import { LAB } from './contenders.ts';
import type { Line } from './line.ts';
import { prepare } from './measure.ts';
import { enter, OursWire } from './ours.ts';

export class Classroom {
  readonly owner: Person;
  readonly room: string;
  readonly #link: string;

  private constructor(owner: Person, room: string, link: string) {
    this.owner = owner;
    this.room = room;
    this.#link = link;
  }

  static async open(parts: AsyncDisposableStack): Promise<Classroom> {
    const server = parts.use(await TestServer.start());
    const owner = await Person.named(server.origin, '測る人');
    const room = await owner.start(LAB);
    const tab = await owner.enter(room);
    await tab.prompt();
    await tab.do({ type: 'make-mob' });
    const { url } = await owner.link({ kind: 'room-watch', room });
    await tab.close();
    return new Classroom(owner, room, url);
  }

  /** Somebody who comes by the link. */
  async visitor(name: string): Promise<Person> {
    const person = new Person(this.owner.origin);
    await person.join(this.#link, name);
    return person;
  }

  /** The driver, in a shell that is prepared as every contender's is. */
  async driver(): Promise<{ readonly line: Line; readonly wire: OursWire }> {
    const wire = new OursWire();
    const line = await enter(this.owner, this.room, wire);
    await until(() => wire.running, { ms: 30_000, what: 'a running shell' });
    await prepare(line);
    return { line, wire };
  }

  async viewer(person: Person): Promise<Line> {
    const wire = new OursWire();
    const line = await enter(person, this.room, wire);
    await until(() => wire.started, { what: 'a first screen' });
    return line;
  }
}
