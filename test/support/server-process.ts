import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { root } from '../../src/config.js'
import { pause } from './acts.js'

/** A server as an operator runs it: a process of its own on a port of its own. */
export interface ServerProcess {
  readonly port: number
  /** Where it listens, as `http://127.0.0.1:1234`. */
  readonly url: string
  /** What it wrote on standard error: its log, one JSON text a line. */
  readonly logged: string[]
  /** Waits until it says that it is ready. Throws what it logged when it ends before. */
  ready(): Promise<ServerProcess>
  /** Sends SIGTERM and waits for the end. `code`: null when a signal ended it. */
  stop(): Promise<{ readonly code: number | null; readonly ms: number }>
  /** Ends it without warning. */
  kill(): Promise<void>
}
/** Servers on one database. */
export interface Fleet {
  /** Starts one more; on the port of one that has ended, if told. */
  start(env?: Readonly<Record<string, string>>, port?: number): Promise<ServerProcess>
  /** Ends whichever still run. */
  close(): Promise<void>
}

export function fleetOn(ownerUrl: string): Fleet {
  const all: ServerProcess[] = []
  const proofDirectory = mkdtempSync(path.join(tmpdir(), 'countersign-proof-'))
  return {
    async start(env = {}, port) {
      const server = serverProcess({ PROOF_DIRECTORY: proofDirectory, ...env, DATABASE_URL: ownerUrl, PORT: String(port ?? (await freePort())) })
      all.push(server)
      return server
    },
    close: async () => void (await Promise.all(all.map((server) => server.kill()))),
  }
}

/** What one process has compiled the next need not. */
const compiled = path.join(tmpdir(), 'countersign-compiled')

function serverProcess(env: Readonly<Record<string, string>> & { readonly PORT: string }): ServerProcess {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'src', 'cli', 'start.js')], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const logged: string[] = []
  readline.createInterface({ input: child.stderr }).on('line', (line) => logged.push(line))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const url = `http://127.0.0.1:${env.PORT}`
  const server: ServerProcess = {
    port: Number(env.PORT),
    url,
    logged,
    async ready() {
      while (!(await fetch(`${url}/readyz`).catch(() => null))?.ok) {
        if (isOver()) throw new Error(`the server ended before it was ready: ${logged.join('\n')}`)
        await pause(25)
      }
      return server
    },
    async stop() {
      const begun = performance.now()
      child.kill('SIGTERM')
      return { code: await ended, ms: performance.now() - begun }
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  return server
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
