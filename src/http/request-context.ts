import type { Language } from '../define/index.js'
import type { RequestContext } from '../graphql/context.js'
import { loadersFor } from '../graphql/loaders.js'
import { readingsOf } from '../graphql/readings.js'
import type { AppParts } from './parts.js'

/** One request, with nothing loaded yet. */
export function requestContext(
  { pool, door, store, keys, processes, tokens, signIn, em: fork }: AppParts,
  viewer: RequestContext['viewer'],
  request: Pick<RequestContext, 'language' | 'requestId' | 'address' | 'markReplayed'>,
): RequestContext {
  const em = fork()
  const loaders = loadersFor({ pool, keys, em, processes, viewer: viewer && { ...viewer, limits: {} } })
  const readings = readingsOf(store, viewer?.employeeId ?? '', request.requestId)
  return { pool, door, store, keys, processes, tokens, signIn, em, viewer, ...request, loaders, readings }
}

/** English when the caller puts it before Chinese, else Chinese. */
export function languageOf(request: { readonly headers: { readonly 'accept-language'?: string | undefined } }): Language {
  const wanted = (request.headers['accept-language'] ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', weight] = part.trim().split(';q=')
      return { tag: tag.toLowerCase(), weight: weight === undefined ? 1 : Number(weight) || 0 }
    })
    .sort((a, b) => b.weight - a.weight)
    .find(({ tag, weight }) => weight > 0 && (tag.startsWith('zh') || tag.startsWith('en')))
  return wanted?.tag.startsWith('en') ? 'en' : 'zh-CN'
}
