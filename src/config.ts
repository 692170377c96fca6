import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the product stands: the folder with package.json. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

export interface Config {
  readonly production: boolean
  readonly port: number
  readonly host: string
  /** The owner's address of the database. Absent: an embedded PostgreSQL under `dataDirectory`. */
  readonly databaseUrl: string | undefined
  /** The application's own address, for databases whose owner may not create roles. */
  readonly appDatabaseUrl: string | undefined
  readonly dataDirectory: string
  /** The keys that sign the history and wrap those of personal values; made on the first start. */
  readonly keyFile: string
  /** Where this server keeps what must outlive the database: checkpoints of the history, and what was erased. */
  readonly proofDirectory: string
  /** How long an entry of the history may wait for a checkpoint (s). */
  readonly checkpointSeconds: number
  /** An address outside that every checkpoint is posted to. */
  readonly checkpointUrl: string | undefined
  readonly organisation: 'large' | 'sme'
  /** An external issuer of tokens; absent: the server signs its own. */
  readonly issuer: { readonly url: string; readonly audience: string; readonly jwksUrl: string; readonly loginClaim: string } | undefined
  readonly logLevel: string
  /** The password of the demonstration's sign-ins. */
  readonly demoPassword: string
  /** Where links in messages lead to, without a slash at the end; null: messages carry no link. */
  readonly publicUrl: string | null
  /** Where word may be sent, and how. */
  readonly outbound: {
    readonly allowedHosts: readonly string[]
    readonly allowPrivate: boolean
    readonly timeoutMs: number
    readonly smtpUrl: string | undefined
    readonly mailFrom: string
  }
  /** How long events and settled deliveries are kept. */
  readonly keepDays: number
  /** How often the server verifies what is new in the history (minutes); 0: never. */
  readonly verifyMinutes: number
  /** How many requests are worked on at once; the others are asked to come again. */
  readonly requestsAtOnce: number
  /** How long the server still answers after it said that it is not ready (ms), so that no balancer sends to it any more. */
  readonly drainMs: number
}

/** The only reader of the environment. Throws a sentence that names the variable. */
export function configFrom(env: NodeJS.ProcessEnv): Config {
  const organisation = env['ORGANISATION'] ?? 'large'
  if (organisation !== 'large' && organisation !== 'sme') throw new Error(`ORGANISATION is ${organisation}; it takes large or sme`)
  const port = Number(env['PORT'] ?? 4000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is ${env['PORT']}; it takes a port number`)
  const dataDirectory = path.resolve(root, env['DATA_DIRECTORY'] ?? '.data')
  return {
    production: env['NODE_ENV'] === 'production',
    port,
    host: env['HOST'] ?? '127.0.0.1',
    databaseUrl: env['DATABASE_URL'] || undefined,
    appDatabaseUrl: env['APP_DATABASE_URL'] || undefined,
    dataDirectory,
    keyFile: path.resolve(root, env['KEY_FILE'] ?? path.join(dataDirectory, 'keys.json')),
    proofDirectory: path.resolve(root, env['PROOF_DIRECTORY'] ?? path.join(dataDirectory, 'proof')),
    checkpointSeconds: numberIn(env, 'CHECKPOINT_SECONDS', 10, 1, 60),
    checkpointUrl: addressIn(env, 'CHECKPOINT_URL'),
    organisation,
    issuer: issuerFrom(env),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    demoPassword: env['DEMO_PASSWORD'] ?? 'countersign',
    publicUrl: addressIn(env, 'PUBLIC_URL')?.replace(/\/+$/, '') ?? null,
    outbound: {
      allowedHosts: (env['OUTBOUND_HOSTS'] ?? robotHosts).split(',').flatMap((host) => host.trim() || []),
      allowPrivate: env['OUTBOUND_PRIVATE'] === 'true',
      timeoutMs: numberIn(env, 'OUTBOUND_TIMEOUT_MS', 15_000, 100, 50_000),
      smtpUrl: env['SMTP_URL'] || undefined,
      mailFrom: env['MAIL_FROM'] ?? 'Countersign <countersign@localhost.localdomain>',
    },
    keepDays: numberIn(env, 'KEEP_DAYS', 30, 1, 3650),
    verifyMinutes: numberIn(env, 'VERIFY_MINUTES', 15, 0, 1440),
    requestsAtOnce: numberIn(env, 'REQUESTS_AT_ONCE', 200, 1, 10_000),
    drainMs: numberIn(env, 'DRAIN_MS', 0, 0, 60_000),
  }
}

const robotHosts = 'oapi.dingtalk.com,qyapi.weixin.qq.com,open.feishu.cn,open.larksuite.com'

function numberIn(env: NodeJS.ProcessEnv, name: string, unset: number, least: number, most: number): number {
  const number = Number(env[name] || unset)
  if (!Number.isInteger(number) || number < least || number > most) throw new Error(`${name} is ${env[name]}; it takes a whole number from ${least} to ${most}`)
  return number
}
function addressIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const given = env[name]
  if (!given) return undefined
  if (!URL.canParse(given) || !/^https?:/.test(given)) throw new Error(`${name} is ${given}; it takes an address as https://host`)
  if (new URL(given).username) throw new Error(`${name} takes an address without a user and a password in it`)
  return given
}

function issuerFrom(env: NodeJS.ProcessEnv): Config['issuer'] {
  const url = env['TOKEN_ISSUER']
  if (!url) return undefined
  const audience = env['TOKEN_AUDIENCE']
  const jwksUrl = env['TOKEN_JWKS_URL']
  if (!audience || !jwksUrl) throw new Error('TOKEN_ISSUER needs TOKEN_AUDIENCE and TOKEN_JWKS_URL beside it')
  return { url, audience, jwksUrl, loginClaim: env['TOKEN_LOGIN_CLAIM'] ?? 'sub' }
}
