import net from 'node:net'

/** Stands between a server process and PostgreSQL, and cuts the line at a COMMIT when told to. */
export interface CuttingProxy {
  /** The address that leads to the same database through the proxy. */
  readonly url: string
  /** How often it has cut. */
  readonly cuts: number
  /** The next so many commits: `after` the database has done it, so that only the answer is lost, or `before` it heard of it. */
  cutNext(count: number, when: 'after' | 'before'): void
  close(): void
}

/** `COMMIT` as node-postgres sends it: a simple query of these six letters. */
const commit = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1')

export async function cuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<net.Socket>()
  const state = { armed: 0, when: 'after', cuts: 0 }
  const listener = net.createServer((client) => {
    const server = net.connect(Number(port), hostname)
    const cut = () => {
      for (const socket of [client, server]) socket.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket
        .on('error', cut)
        .on('close', cut)
        .on('close', () => sockets.delete(socket))
    }
    let answerIsLost = false
    server.on('data', (chunk) => (answerIsLost ? cut() : client.write(chunk)))
    client.on('data', (chunk) => {
      if (state.armed > 0 && chunk.includes(commit)) {
        state.armed--
        state.cuts++
        if (state.when === 'before') return cut()
        answerIsLost = true
      }
      server.write(chunk)
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    url: Object.assign(new URL(target), { host: `127.0.0.1:${(listener.address() as net.AddressInfo).port}` }).href,
    get cuts() {
      return state.cuts
    },
    cutNext: (armed, when) => void Object.assign(state, { armed, when }),
    close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
