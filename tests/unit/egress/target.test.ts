import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isListed, parseTarget } from '../../../server/egress/target.ts';

describe('targets', () => {
  test.each([
    ['example.com:443', 'example.com', 443],
    ['EXAMPLE.Com:443', 'example.com', 443],
    ['example.com.:443', 'example.com', 443],
    ['ｅｘａｍｐｌｅ．com:443', 'example.com', 443],
    ['土壌.example:8443', 'xn--udsw2b.example', 8443],
    ['xn--udsw2b.example:8443', 'xn--udsw2b.example', 8443],
    ['_dmarc.example.com:1', '_dmarc.example.com', 1],
    ['localhost:65535', 'localhost', 65_535],
  ])('OUT-2 %s has one spelling: %s', (written, host, port) => {
    expect(parseTarget(written)).toEqual({ host, port, literal: false });
  });

  test.each([
    ['93.184.215.14:443', '93.184.215.14'],
    ['[2606:4700::1111]:443', '2606:4700::1111'],
  ])('OUT-2 %s is a literal address', (written, host) => {
    expect(parseTarget(written)).toEqual({ host, port: 443, literal: true });
  });

  test.each([
    ...['2130706433:80', '0x7f000001:80', '0x7f.1:80', '0177.0.0.1:80', '127.1:80', '127.0.0.1.:80'],
    ...['１２７.0.0.1:80', '127。0。0。1:80', '1.2.3.4.5:80', '999.1.1.1:80', '0x:80', 'a.0x10:80', 'a.1:80'],
    ...['[::1%lo]:80', '[127.0.0.1]:80', '::1:80', '[::1]x:80'],
    ...[
      'example.com',
      'example.com:',
      'example.com:0',
      'example.com:065',
      'example.com:65536',
      ':443',
      '.:443',
    ],
    ...['a b:1', 'a/b:1', 'u@h:1', 'h#x:1', 'h?x:1', 'a%2eb:1', 'a..b:1', '.a:1', 'a..:1', '-a:1', 'a-:1'],
    ...['a\r\nb:1', 'a\0b:1', `${'a'.repeat(64)}.com:1`, `${'a.'.repeat(127)}com:1`, 'https://a:1'],
  ])('OUT-2 %j is none', (written) => {
    expect(parseTarget(written)).toBeNull();
  });

  test('OUT-2 a number in any spelling is an address as it is usually written, or nothing', () => {
    const spelled = fc
      .tuple(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.constantFrom(10, 8, 16),
        fc.integer({ min: 1, max: 4 }),
      )
      .map(([value, base, parts]) => {
        const low = 2 ** (8 * (5 - parts));
        const high = [24, 16, 8].slice(0, parts - 1).map((shift) => Math.floor(value / 2 ** shift) % 256);
        const prefix = { 10: '', 8: '0', 16: '0x' }[base] ?? '';
        return [...high, value % low].map((part) => `${prefix}${part.toString(base)}`).join('.');
      });
    fc.assert(
      fc.property(spelled, (host) => {
        const target = parseTarget(`${host}:80`);
        if (target !== null) expect(target).toEqual({ host, port: 80, literal: true });
        if (/^0x|^0\d|(^|\.)0\d/.test(host) || host.split('.').length < 4) expect(target).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('OUT-2 nothing that is written makes the parser fail, and what it takes it takes again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.domain().map((name) => `${name}:443`),
        ),
        (written) => {
          const target = parseTarget(written);
          if (target === null || target.literal) return;
          expect(parseTarget(`${target.host}:${target.port}`)).toEqual(target);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('OUT-2 only the very host and port of the list are listed', () => {
    const listed = ['example.com:443', '93.184.215.14:8443'].map(target);
    const is = (written: string): boolean => isListed(target(written), listed);
    expect(['EXAMPLE.com.:443', '93.184.215.14:8443'].map(is)).toEqual([true, true]);
    for (const other of [
      ...['example.com:80', 'www.example.com:443', 'com:443', 'example.com.evil.org:443', 'xexample.com:443'],
      ...['93.184.215.14:443', '93.184.215.15:8443'],
    ]) {
      expect([other, is(other)]).toEqual([other, false]);
    }
  });
});

function target(written: string) {
  const found = parseTarget(written);
  if (found === null) throw new Error(`${written} is no target`);
  return found;
}
