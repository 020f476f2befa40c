import net from 'node:net';

/** How far a request to a host travels: this machine, the local network, or the internet. */
export type HostReach = 'loopback' | 'private' | 'public';

const privateSuffixes = ['.local', '.lan', '.internal', '.home.arpa'];

/** Classifies a URL's `hostname` by its form alone, without a DNS lookup. */
export function reachOf(hostname: string): HostReach {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = net.isIP(host);
  return family === 0 ? reachOfName(host) : reachOfAddress(host, family === 6 ? 'ipv6' : 'ipv4');
}

function reachOfName(name: string): HostReach {
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  if (!name.includes('.')) return 'private';
  return privateSuffixes.some((suffix) => name.endsWith(suffix)) ? 'private' : 'public';
}

function reachOfAddress(address: string, family: 'ipv4' | 'ipv6'): HostReach {
  const loopback = new net.BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  if (loopback.check(address, family)) return 'loopback';

  const local = new net.BlockList();
  local.addSubnet('10.0.0.0', 8, 'ipv4');
  local.addSubnet('172.16.0.0', 12, 'ipv4');
  local.addSubnet('192.168.0.0', 16, 'ipv4');
  local.addSubnet('169.254.0.0', 16, 'ipv4');
  local.addSubnet('fc00::', 7, 'ipv6');
  local.addSubnet('fe80::', 10, 'ipv6');
  return local.check(address, family) ? 'private' : 'public';
}

/** Ranges that are no public hosts: shared, reserved, multicast; and those that carry IPv4 addresses inside. */
const reservedRanges = [
  ['0.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
] as const;

/** Whether a URL's `hostname`, or an address, is of this machine, a private network or a reserved range. */
export function isLocalOrReserved(hostname: string): boolean {
  if (reachOf(hostname) !== 'public') return true;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = net.isIP(host);
  if (family === 0) return false;
  const reserved = new net.BlockList();
  for (const [address, bits, type] of reservedRanges) reserved.addSubnet(address, bits, type);
  return reserved.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
