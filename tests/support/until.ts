/** Polls until the condition holds; fails with what it waited for. Tests poll, they do not sleep. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { ms = 10_000, what = condition.toString() }: { readonly ms?: number; readonly what?: string } = {},
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
