/**
 * Which addresses of the Internet a seat may be connected to. Sources: IANA's registries of special-purpose
 * IPv4 and IPv6 addresses (RFC 6890 and its updates), and the metadata services of clouds.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const NEVER_IPV4: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // between carriers and their customers; metadata of some clouds
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // a cloud's own services, although the address looks public
  ['169.254.0.0', 16], // link-local, with 169.254.169.254 and 169.254.170.2
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // multicast tunnels
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/** Outside of it lie ::1, ::, mapped and NAT64 forms, fc00::/7, fe80::/10, ff00::/8 and the like. */
const GLOBAL_IPV6 = ['2000::', 3] as const;
/** Within it, what leads to an IPv4 address of any kind, or nowhere. */
const NEVER_IPV6: readonly (readonly [address: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
];

const never = new BlockList();
for (const [address, prefix] of NEVER_IPV4) never.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of NEVER_IPV6) never.addSubnet(address, prefix, 'ipv6');
const global = new BlockList();
global.addSubnet(...GLOBAL_IPV6, 'ipv6');

/** `own`: addresses of this host's interfaces, public ones among them. */
export function isPublic(address: string, own: readonly string[]): boolean {
  if (isIPv4(address)) return !never.check(address, 'ipv4') && !belongs(address, own);
  // An address with a zone (fe80::1%eth0) is of this host's neighbourhood by definition.
  if (!isIPv6(address) || address.includes('%')) return false;
  return global.check(address, 'ipv6') && !never.check(address, 'ipv6') && !belongs(address, own);
}

/** By value: an IPv6 address has many spellings. */
function belongs(address: string, own: readonly string[]): boolean {
  const ours = new BlockList();
  for (const each of own) {
    const [plain = ''] = each.split('%');
    if (isIPv4(plain)) ours.addAddress(plain, 'ipv4');
    else if (isIPv6(plain)) ours.addAddress(plain, 'ipv6');
  }
  return ours.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
