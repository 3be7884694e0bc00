import type { AwsFault } from '../fault.ts';
import { written } from '../instant.ts';
import type { WireResponse } from '../world.ts';
import type { Protocol, Target } from './protocol.ts';

const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['sts', 'https://sts.amazonaws.com/doc/2011-06-15/'],
  ['iam', 'https://iam.amazonaws.com/doc/2010-05-08/'],
]);

/** A success in the protocol of the call; `ahead` is how far the world is ahead of the wall, ms. */
export function success(target: Target, output: unknown, requestId: string, ahead: number): WireResponse {
  if (target.protocol === 'json' || target.protocol === 'rest-json') {
    return json(200, written(output, ahead, 'json'), requestId, {});
  }
  const name = target.operation ?? 'Unknown';
  const namespace = NAMESPACES.get(target.service) ?? `https://${target.service}.amazonaws.com/`;
  return xml(
    200,
    `<${name}Response xmlns="${namespace}"><${name}Result>${element(written(output, ahead, 'xml'))}</${name}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`,
    requestId,
  );
}

/** An error in the protocol of the call, in the shape that its clients parse. */
export function failure(
  target: Pick<Target, 'service' | 'protocol'>,
  fault: AwsFault,
  requestId: string,
): WireResponse {
  const { code, message } = fault;
  const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const type = fault.status >= 500 ? 'Receiver' : 'Sender';
  switch (target.protocol) {
    case 'json':
      return json(fault.status, { __type: code, message }, requestId, {});
    case 'rest-json':
      return json(fault.status, { message }, requestId, { 'x-amzn-errortype': code });
    case 'query': {
      const namespace = NAMESPACES.get(target.service) ?? `https://${target.service}.amazonaws.com/`;
      return xml(
        fault.status,
        `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type>${inner}</Error>` +
          `<RequestId>${requestId}</RequestId></ErrorResponse>`,
        requestId,
      );
    }
    case 'ec2':
      return xml(
        fault.status,
        `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error>${inner}</Error></Errors>` +
          `<RequestID>${requestId}</RequestID></Response>`,
        requestId,
      );
    case 'rest-xml':
      return xml(
        fault.status,
        target.service === 's3'
          ? `<?xml version="1.0" encoding="UTF-8"?><Error>${inner}<RequestId>${requestId}</RequestId></Error>`
          : `<?xml version="1.0" encoding="UTF-8"?><ErrorResponse><Error><Type>${type}</Type>${inner}</Error>` +
              `<RequestId>${requestId}</RequestId></ErrorResponse>`,
        requestId,
      );
  }
}

/** How each protocol calls the same refusal; S3 and EC2 have words of their own. */
export function refusalCode(target: Target): string {
  const codes: Readonly<Record<Protocol, string>> = {
    json: 'AccessDeniedException',
    'rest-json': 'AccessDeniedException',
    query: 'AccessDenied',
    'rest-xml': 'AccessDenied',
    ec2: 'UnauthorizedOperation',
  };
  return codes[target.protocol];
}

function json(
  status: number,
  value: unknown,
  requestId: string,
  extra: Record<string, string>,
): WireResponse {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId, ...extra },
    body,
  };
}

function xml(status: number, text: string, requestId: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId },
    body: Buffer.from(text),
  };
}

function element(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item) => `<member>${element(item)}</member>`).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .map(([key, child]) => `<${key}>${element(child)}</${key}>`)
      .join('');
  }
  return escapeXml(String(value));
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
