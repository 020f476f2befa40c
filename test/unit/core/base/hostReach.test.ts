import { describe, expect, it } from 'vitest';
import { isLocalOrReserved, reachOf } from '../../../../src/core/base/hostReach.ts';

describe('how far a request to a host travels', () => {
  it.each([
    ['localhost', 'loopback'],
    ['my.localhost', 'loopback'],
    ['localhost.', 'loopback'],
    ['mylocalhost.com', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['128.0.0.1', 'public'],
    ['[::1]', 'loopback'],
    ['[::2]', 'public'],
    ['build-server', 'private'],
    ['nas.local', 'private'],
    ['nas.lan', 'private'],
    ['api.internal', 'private'],
    ['nas.home.arpa.', 'private'],
    ['local.example.com', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['11.0.0.0', 'public'],
    ['9.255.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['192.168.0.1', 'private'],
    ['192.169.0.1', 'public'],
    ['169.254.1.1', 'private'],
    ['169.255.0.1', 'public'],
    ['[fc00::1]', 'private'],
    ['[fdff::1]', 'private'],
    ['[fe00::1]', 'public'],
    ['[fe80::1]', 'private'],
    ['[febf::1]', 'private'],
    ['[2606:4700::1111]', 'public'],
    ['example.com', 'public'],
  ])('%s: %s', (host, reach) => {
    expect(reachOf(host)).toBe(reach);
  });
});

describe('a host that is no public one', () => {
  it.each([
    ...['localhost', '10.1.2.3', '0.0.0.0', '100.64.0.1', '100.127.255.255', '192.0.0.8'],
    ...['192.0.2.1', '192.88.99.1', '198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.9'],
    ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['[::]', '[::7f00:1]', '[::ffff:0:7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::1]'],
    ...['[100::1]', '[2001::1]', '[2001:db8::1]', '[2002:7f00:1::]', '[3fff::1]', '[5f00::1]'],
    ...['[fec0::1]', '[ff02::1]', '224.0.0.1.'],
  ])('%s', (host) => {
    expect(isLocalOrReserved(host)).toBe(true);
  });

  it.each([
    ...['example.com', '8.8.8.8', '1.0.0.0', '100.63.255.255', '100.128.0.0', '192.0.1.0'],
    ...[
      '192.0.3.0',
      '198.17.255.255',
      '198.20.0.0',
      '198.51.101.0',
      '203.0.114.0',
      '223.255.255.255',
    ],
    ...['[2001:200::1]', '[2001:db9::1]', '[2003::1]', '[2606:4700::1111]', '[64:ff9c::1]'],
  ])('not %s', (host) => {
    expect(isLocalOrReserved(host)).toBe(false);
  });
});
