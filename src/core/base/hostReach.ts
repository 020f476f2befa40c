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
