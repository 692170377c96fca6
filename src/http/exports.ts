import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { exportFormats } from '../audit/exports/formats.js'
import { signedManifest } from '../audit/exports/manifest.js'
import { verifierKeysOf } from '../audit/note.js'
import { type Actor, isUuid, type RefusalCode } from '../define/index.js'
import { againstExport } from '../engine/exports.js'
import { Refused, refuse } from '../engine/refused.js'
import { refusalError } from '../graphql/errors.js'
import { checkpointOver } from '../persistence/bundle-reader.js'
import { type ExportFile, exportFile } from '../persistence/export-file.js'
import { type ExportRow, exportOf, keepHanded, manifestOf, onlyProcess, recorderOf } from '../persistence/exports.js'
import { isOutage } from '../persistence/pool.js'
import { processesNamed } from '../persistence/queries/audit-filter.js'
import type { AppParts } from './parts.js'
import { languageOf } from './request-context.js'
import { viewerFrom } from './viewer.js'

/** So many are written at once by one server: each takes a connection for every batch. */
const atOnce = 4

/** `GET /exports/:id`: the file of an export, once asked for; `GET /exports/:id/manifest`: what it holds, signed. */
export function addExports(app: FastifyInstance, parts: AppParts): void {
  const running: Running = new Map()
  app.addHook('preClose', async () => {
    for (const file of running.keys()) file.destroy()
    await Promise.all(running.values())
  })
  app.get<Asked>('/exports/:id', { exposeHeadRoute: false }, (request, reply) =>
    orRefused(request, reply, async () => {
      const { viewer, row } = await askedFor(parts, request)
      return await hand(parts, { request, reply, viewer, row, running })
    }),
  )
  app.get<Asked>('/exports/:id/manifest', { exposeHeadRoute: false }, (request, reply) =>
    orRefused(request, reply, async () => {
      const { row } = await askedFor(parts, request)
      const manifest = signedManifest(parts.keys, await manifestOf(parts.pool, row))
      return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(manifest)
    }),
  )
}
/** The files that are being sent, each with the end of it, which is on record then. */
type Running = Map<Readable, Promise<void>>
interface Asked {
  Params: { readonly id: string }
}

/** Throws `UNAUTHENTICATED`, `NOT_FOUND` for another's, `EXPORT_EXPIRED`, `NOT_AUTHORISED` for who has lost the role since. */
async function askedFor(parts: AppParts, { headers, params: { id } }: FastifyRequest<Asked>): Promise<{ viewer: Omit<Actor, 'limits'>; row: ExportRow }> {
  const viewer = await viewerFrom(parts, headers.authorization)
  if (!viewer) throw refuse('UNAUTHENTICATED')
  const row = isUuid(id) ? await exportOf(parts.pool, viewer.employeeId, id.toLowerCase()) : null
  if (!row) throw refuse('NOT_FOUND')
  if (row.expired) throw refuse('EXPORT_EXPIRED')
  const against = againstExport(parts.processes, viewer.roles, row.whole ? null : processesNamed(parts.processes, row.filter))
  if (against.length > 0) throw new Refused(against)
  return { viewer, row }
}

interface Handing {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly viewer: Omit<Actor, 'limits'>
  readonly row: ExportRow
  readonly running: Running
}
/** Sends the file as fast as the client takes it. On record before its first byte, and when the last one is out or the client is gone. */
async function hand(parts: AppParts, { request, reply, viewer, row, running }: Handing): Promise<FastifyReply> {
  const { pool, processes, logger } = parts
  if (running.size >= atOnce) throw refuse('BUSY', { details: { retryAfterSeconds: 5 } })
  if (row.format === 'BUNDLE') await checkpointOver(pool, row.logSize)
  const file = exportFile(row.format, { ...row, db: pool, processes, verifierKeys: verifierKeysOf(parts.keys) })
  const record = recorderOf(parts, row, { actor: viewer, requestId: request.id, idempotencyKey: `${row.id}:${request.id}` })
  const report = (message: string) => (error: unknown) => logger.error({ err: error, requestId: request.id }, message)
  const stream = Readable.from(keptAtItsEnd(parts, row, file), { objectMode: false, highWaterMark: 65_536 }).on('error', report('an export broke off'))
  running.set(stream, Promise.resolve())
  try {
    await record('EXPORT_STARTED')
  } catch (error) {
    running.delete(stream)
    throw error
  }
  const end = finished(reply.raw)
    .then(
      () => record('EXPORT_FINISHED', file.handed()),
      () => record('EXPORT_BROKEN_OFF', file.handed()),
    )
    .catch(report('the end of an export is not on record'))
    .finally(() => running.delete(stream))
  running.set(stream, end)
  return reply.headers(headersOf(row)).send(stream)
}

function headersOf({ format, filter, requestedAt }: ExportRow): Readonly<Record<string, string>> {
  const { mediaType, extension } = exportFormats[format]
  const name = `countersign-${onlyProcess(filter) ?? 'history'}-${requestedAt.toISOString().slice(0, 19).replace(/\D/g, '')}.${extension}`
  return { 'content-type': mediaType, 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' }
}

/** What was handed out is kept before the answer ends, so that whoever has it all finds the manifest. */
async function* keptAtItsEnd({ pool }: AppParts, { id }: ExportRow, { pieces, handed }: ExportFile): AsyncGenerator<Buffer, void> {
  yield* pieces
  await keepHanded(pool, id, handed())
}

const statuses: Partial<Record<RefusalCode, number>> = {
  UNAUTHENTICATED: 401,
  NOT_AUTHORISED: 403,
  NOT_FOUND: 404,
  CONDITION_UNMET: 409,
  EXPORT_EXPIRED: 410,
  BUSY: 503,
}
/** Expected failures as JSON, in the shape of those of GraphQL. */
async function orRefused(request: FastifyRequest, reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    const refused = error instanceof Refused ? error : isOutage(error) ? refuse('BUSY', { details: { retryAfterSeconds: 1 } }) : null
    if (!refused) throw error
    const wait = refused.details['retryAfterSeconds']
    if (wait !== undefined) reply.header('retry-after', String(wait))
    return reply.status(statuses[refused.code] ?? 400).send({ errors: [refusalError(refused, languageOf(request), request.id)] })
  }
}
