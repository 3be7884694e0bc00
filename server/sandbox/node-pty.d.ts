// What we use of node-pty, with `encoding: null`: its own types know strings alone, and are declared
// under the name that the package has without its alias.
declare module 'node-pty' {
  export interface Terminal {
    readonly pid: number;
    onData(handler: (chunk: Buffer) => void): void;
    onExit(handler: (exit: { readonly exitCode: number; readonly signal?: number }) => void): void;
    write(bytes: Buffer): void;
    resize(cols: number, rows: number): void;
    pause(): void;
    resume(): void;
    kill(signal: string): void;
  }

  export function spawn(
    file: string,
    args: readonly string[],
    options: {
      readonly name: string;
      readonly cols: number;
      readonly rows: number;
      readonly cwd: string;
      readonly env: Record<string, string>;
      readonly encoding: null;
    },
  ): Terminal;
}
