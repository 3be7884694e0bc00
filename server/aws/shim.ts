/**
 * `aws` for a shell: CLIs before 2.13 ignore AWS_ENDPOINT_URL, so it is given as an option, before
 * the learner's own arguments: of two `--endpoint-url` the CLI takes the last, which is theirs.
 */
export const AWS_SHIM = `#!/bin/sh
if [ -n "$AWS_ENDPOINT_URL" ] && [ "$#" -gt 0 ]; then
  exec /usr/bin/aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"
fi
exec /usr/bin/aws "$@"
`;
