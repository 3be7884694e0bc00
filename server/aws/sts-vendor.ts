import { AssumeRoleCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import type { CredentialVendor, Minted } from './vendor.ts';

/** The ceiling when the broker is itself a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
const SESSION_SECONDS = 3_600;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const STS_TIMEOUT_MS = 5_000;

export interface StsVendorOptions {
  readonly region: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Practice AWS hands in its own (`practiceRequestHandler`); absent, the SDK speaks to the region's STS. */
  readonly requestHandler?: STSClientConfig['requestHandler'];
}

/** Mints by `sts:AssumeRole`, with the session policy, the person as SourceIdentity, and three tags. */
export function createStsVendor(options: StsVendorOptions): CredentialVendor & Disposable {
  const { region, roleArn, externalId, credentials, requestHandler } = options;
  const client = new STSClient({
    region,
    credentials,
    maxAttempts: 3,
    ...(requestHandler && { requestHandler }),
  });

  return {
    async mint({ person, lab, seat, policy }): Promise<Minted> {
      const sessionName = `${person}.${lab}.${seat}`;
      if (!SESSION_NAME.test(sessionName)) {
        throw new Error(
          `"${sessionName}" cannot name an STS session: 2 to 64 of letters, digits and +=,.@-.`,
        );
      }
      const answer = await client.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: sessionName,
          SourceIdentity: person,
          ExternalId: externalId,
          DurationSeconds: SESSION_SECONDS,
          Policy: policy.text,
          Tags: [
            { Key: 'learner', Value: person },
            { Key: 'lab', Value: lab },
            { Key: 'run', Value: seat },
          ],
        }),
        { abortSignal: AbortSignal.timeout(STS_TIMEOUT_MS) },
      );
      const given = answer.Credentials;
      const assumedRoleArn = answer.AssumedRoleUser?.Arn;
      if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
        throw new Error('STS answered AssumeRole without credentials.');
      }
      if (!assumedRoleArn) throw new Error('STS answered AssumeRole without the ARN of the session.');
      return {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        sessionToken: given.SessionToken,
        expiresAt: given.Expiration.getTime(),
        roleArn,
        assumedRoleArn,
        packedPolicySize: answer.PackedPolicySize ?? null,
      };
    },
    [Symbol.dispose]() {
      client.destroy();
    },
  };
}
