import type { ServerMessage } from '#protocol/messages.ts';

const texts = new WeakMap<ServerMessage, string>();

/** Once, of a message that goes to everybody in a room: a list of commands can be most of a megabyte. */
export function serialised(message: ServerMessage): string {
  const known = texts.get(message);
  if (known !== undefined) return known;
  const text = JSON.stringify(message);
  texts.set(message, text);
  return text;
}
