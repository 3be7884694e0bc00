import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublic } from '../../../server/egress/addresses.ts';

const NONE: readonly string[] = [];

/** First and last address of what IANA keeps for other purposes, in words of its registry. */
const RESERVED_IPV4: readonly (readonly [first: string, last: string, what: string])[] = [
  ['0.0.0.0', '0.255.255.255', 'this network'],
  ['10.0.0.0', '10.255.255.255', 'private'],
  ['100.64.0.0', '100.127.255.255', 'carrier NAT'],
  ['127.0.0.0', '127.255.255.255', 'loopback'],
  ['168.63.129.16', '168.63.129.16', 'a cloud’s services'],
  ['169.254.0.0', '169.254.255.255', 'link-local'],
  ['172.16.0.0', '172.31.255.255', 'private'],
  ['192.0.0.0', '192.0.0.255', 'protocol assignments'],
  ['192.0.2.0', '192.0.2.255', 'documentation'],
  ['192.31.196.0', '192.31.196.255', 'AS112'],
  ['192.52.193.0', '192.52.193.255', 'multicast tunnels'],
  ['192.88.99.0', '192.88.99.255', '6to4 relays'],
  ['192.168.0.0', '192.168.255.255', 'private'],
  ['192.175.48.0', '192.175.48.255', 'AS112'],
  ['198.18.0.0', '198.19.255.255', 'benchmarks'],
  ['198.51.100.0', '198.51.100.255', 'documentation'],
  ['203.0.113.0', '203.0.113.255', 'documentation'],
  ['224.0.0.0', '239.255.255.255', 'multicast'],
  ['240.0.0.0', '255.255.255.255', 'reserved and broadcast'],
];

const number = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
const hex = (value: number): string => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;

/** Ways in which IPv6 carries an IPv4 address (RFC 4291, 3056, 6052, 8215, 4380). */
const CARRIED: readonly ((value: number) => string)[] = [
  (value) => `::ffff:${dotted(value)}`,
  (value) => `::ffff:${hex(value)}`,
  (value) => `::${dotted(value)}`,
  (value) => `2002:${hex(value)}::1`,
  (value) => `64:ff9b::${dotted(value)}`,
  (value) => `64:ff9b:1::${hex(value)}`,
  (value) => `2001:0:4136:e378:8000:63bf:${hex(value ^ 0xffffffff)}`,
];

describe('addresses', () => {
  test.each(RESERVED_IPV4)('OUT-3 %s to %s (%s) are never reached, nor anything between', (first, last) => {
    expect([first, last].map((each) => isPublic(each, NONE))).toEqual([false, false]);
    fc.assert(
      fc.property(fc.integer({ min: number(first), max: number(last) }), (value) => {
        expect(isPublic(dotted(value), NONE)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('OUT-3 the neighbours of each range are reached, so that no range is wider than it says', () => {
    const outside = RESERVED_IPV4.flatMap(([first, last]) => [number(first) - 1, number(last) + 1]).filter(
      (value) =>
        value >= 0 &&
        value < 2 ** 32 &&
        !RESERVED_IPV4.some(([first, last]) => value >= number(first) && value <= number(last)),
    );
    expect(outside.length).toBeGreaterThan(30);
    for (const value of outside)
      expect([dotted(value), isPublic(dotted(value), NONE)]).toEqual([dotted(value), true]);
  });

  test('OUT-3 no IPv4 address at all is reached in the clothes of IPv6', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(...CARRIED), (value, form) => {
        expect(isPublic(form(value), NONE)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('OUT-3 of IPv6, only global unicast is reached, whatever its spelling', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), fc.boolean(), (groups, upper) => {
        const [first = 0, second = 0, third = 0] = groups;
        const special =
          (first === 0x2001 && (second < 0x200 || second === 0xdb8)) ||
          first === 0x2002 ||
          (first === 0x2620 && second === 0x4f && third === 0x8000) ||
          (first === 0x3fff && second < 0x1000);
        const written = groups.map((each) => each.toString(16)).join(':');
        const address = upper ? written.toUpperCase() : written;
        expect(isPublic(address, NONE)).toBe(first >= 0x2000 && first < 0x4000 && !special);
      }),
      {
        numRuns: 500,
        examples: [
          [[0x2001, 0x1ff, 0, 0, 0, 0, 0, 1], false],
          [[0x2001, 0x200, 0, 0, 0, 0, 0, 1], true],
          [[0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], false],
          [[0x2002, 0x7f00, 1, 0, 0, 0, 0, 0], false],
          [[0x3fff, 0xfff, 0, 0, 0, 0, 0, 1], false],
          [[0x3fff, 0x1000, 0, 0, 0, 0, 0, 1], true],
        ],
      },
    );
  });

  test.each([
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254'],
    ...[
      'ff02::1',
      '100::1',
      '5f00::1',
      'example.com',
      '',
      '127.1',
      '2130706433',
      '0x7f.0.0.1',
      '1.2.3.4:443',
    ],
  ])('OUT-3 %j is never reached', (address) => {
    expect(isPublic(address, NONE)).toBe(false);
  });

  test('OUT-3 this host’s own addresses are never reached, public ones and other spellings included', () => {
    const own = ['8.8.4.4', '2606:4700::1111', 'fe80::1%eth0'];
    expect(isPublic('8.8.8.8', own)).toBe(true);
    expect(isPublic('8.8.4.4', own)).toBe(false);
    expect(isPublic('2606:4700:0:0:0:0:0:1111', own)).toBe(false);
    expect(isPublic('2606:4700::1112', own)).toBe(true);
  });
});
