import net from 'node:net';

/** Connections that were to leave this machine. */
export interface Connections {
  /** Hosts other than this machine to which a connection was to be made. */
  readonly hosts: string[];
  onAttempt: () => void;
  restore(): void;
}

/** Nothing leaves this machine: no other host can be reached, and each attempt is noted. */
export function watchConnections(): Connections {
  const { prototype } = net.Socket;
  const original = prototype.connect;
  const connections: Connections = {
    hosts: [],
    onAttempt: () => undefined,
    restore: () => {
      prototype.connect = original;
    },
  };
  function connect(this: net.Socket, ...args: readonly unknown[]): net.Socket {
    const [first] = args;
    const { host } = (Array.isArray(first) ? first[0] : first) as { readonly host?: string };
    if (host === undefined || /^(?:localhost|127\.[\d.]+|::1|::ffff:7f.*)$/.test(host)) {
      return Reflect.apply(original, this, args) as net.Socket;
    }
    connections.hosts.push(host);
    connections.onAttempt();
    const error = Object.assign(new Error(`No way to ${host}`), { code: 'EHOSTUNREACH' });
    setImmediate(() => this.destroy(error));
    return this;
  }
  prototype.connect = connect as typeof original;
  return connections;
}
