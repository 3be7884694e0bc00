/**
 * An error that AWS itself would answer. Validation has dozens of exits several calls deep, so it
 * is thrown; `core.ts` alone catches it and hands it to the wire.
 */
export class AwsFault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** A call that AWS knows and practice AWS does not; never a made-up success. */
export function notInPractice(what: string): AwsFault {
  return new AwsFault(
    'NotInPracticeAws',
    `${what} exists in AWS, but practice AWS does not have it. Nothing was changed. / ` +
      `${what} は AWS にはありますが、練習用の AWS にはありません。何も変わっていません。`,
  );
}
