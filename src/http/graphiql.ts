import type { FastifyInstance } from 'fastify'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'

/** GraphiQL from the package: nothing is fetched from elsewhere. */
export async function addGraphiql(app: FastifyInstance): Promise<void> {
  const staticPath = '/graphiql/static/'
  app.get('/graphiql', (_request, reply) => reply.type('text/html; charset=utf-8').send(ruruHTML({ endpoint: '/graphql', staticPath })))
  app.get(`${staticPath}*`, async (request, reply) => {
    const file = await getStaticFile({ staticPath, urlPath: request.url.split('?')[0]!, acceptEncoding: String(request.headers['accept-encoding'] ?? '') })
    if (!file) return reply.callNotFound()
    return reply.headers(file.headers).send(file.content)
  })
  app.get('/', (_request, reply) => reply.redirect('/graphiql'))
}
