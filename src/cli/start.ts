import { pino } from 'pino'
import { configFrom } from '../config.js'
import { demonstration } from '../organisation/demonstration.js'
import { loadProcesses } from '../registry.js'
import { serverFrom } from '../server.js'

/** Starts the server and says where it is; ends it cleanly on Ctrl-C and SIGTERM. */
const config = configFrom(process.env)
const logger = pino({ level: config.logLevel, redact: ['req.headers.authorization', '*.password', '*.token'] }, pino.destination(2))
const processes = await loadProcesses()
const server = await serverFrom(config, processes, logger)
await server.app.listen({ port: config.port, host: config.host })
announce()

let closing = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (closing) return
    closing = true
    logger.info({ signal }, 'closing')
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not close cleanly')
        process.exit(1)
      },
    )
  })
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    logger.fatal({ err: error }, event)
    server.close().finally(() => process.exit(1))
  })
}

function announce(): void {
  const address = server.app.server.address() as { port: number }
  const base = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${address.port}`
  const lines = [`Countersign 会签 · ${processes.current.size} processes`, '', `  GraphQL    ${base}/graphql`]
  if (!config.production) {
    const people = demonstration(config.organisation).people.filter(({ kind }) => kind === 'EMPLOYEE')
    const width = Math.max(...people.map(({ login }) => login.length))
    lines.push(`  GraphiQL   ${base}/graphiql`, '', `Sign-ins of the demonstration, all with the password "${config.demoPassword}":`, '')
    lines.push(...people.map(({ login, name, roles }) => `  ${login.padEnd(width)}  ${name}  ${roles.join(' ')}`))
    lines.push('', 'Service account of the payment run: payment-run')
  }
  console.log(`${lines.join('\n')}\n`)
}
