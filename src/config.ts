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
  readonly organisation: 'large' | 'sme'
  /** An external issuer of tokens; absent: the server signs its own. */
  readonly issuer: { readonly url: string; readonly audience: string; readonly jwksUrl: string; readonly loginClaim: string } | undefined
  readonly logLevel: string
  /** The password of the demonstration's sign-ins. */
  readonly demoPassword: string
}

/** The only reader of the environment. Throws a sentence that names the variable. */
export function configFrom(env: NodeJS.ProcessEnv): Config {
  const organisation = env['ORGANISATION'] ?? 'large'
  if (organisation !== 'large' && organisation !== 'sme') throw new Error(`ORGANISATION is ${organisation}; it takes large or sme`)
  const port = Number(env['PORT'] ?? 4000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is ${env['PORT']}; it takes a port number`)
  return {
    production: env['NODE_ENV'] === 'production',
    port,
    host: env['HOST'] ?? '127.0.0.1',
    databaseUrl: env['DATABASE_URL'] || undefined,
    appDatabaseUrl: env['APP_DATABASE_URL'] || undefined,
    dataDirectory: path.resolve(root, env['DATA_DIRECTORY'] ?? '.data'),
    organisation,
    issuer: issuerFrom(env),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    demoPassword: env['DEMO_PASSWORD'] ?? 'countersign',
  }
}

function issuerFrom(env: NodeJS.ProcessEnv): Config['issuer'] {
  const url = env['TOKEN_ISSUER']
  if (!url) return undefined
  const audience = env['TOKEN_AUDIENCE']
  const jwksUrl = env['TOKEN_JWKS_URL']
  if (!audience || !jwksUrl) throw new Error('TOKEN_ISSUER needs TOKEN_AUDIENCE and TOKEN_JWKS_URL beside it')
  return { url, audience, jwksUrl, loginClaim: env['TOKEN_LOGIN_CLAIM'] ?? 'sub' }
}
