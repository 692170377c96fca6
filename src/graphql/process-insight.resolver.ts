import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { type FieldError, labelOfRole, type Role, reason } from '../define/index.js'
import type { LoadedProcess } from '../engine/processes.js'
import { Refused, refuse, refuseInput } from '../engine/refused.js'
import { rolesThatSee } from '../engine/visibility.js'
import { type RequestContext, viewerOf } from './context.js'
import { ProcessInsightType } from './process-insight.type.js'
import { DateTime } from './scalars.js'

const daysUnlessTold = 90
const yearsMost = 5

/** Throws `NOT_AUTHORISED` for whoever does not see every case of the process, in all its versions. */
function admit(context: RequestContext, { definition }: LoadedProcess): void {
  const viewer = viewerOf(context)
  const versions = context.processes.versions.filter((one) => one.definition.id === definition.id)
  const lacking = versions.map((one) => rolesThatSee(one.definition)).filter((seeing) => !seeing.some((role) => viewer.roles.includes(role)))
  const wanted = [...new Set<Role>(lacking.flat())]
  if (lacking.length > 0) throw new Refused(wanted.map((role) => reason('NOT_AUTHORISED', labelOfRole(role))))
}

/** The last 90 days unless told. Throws `INPUT_INVALID` for one that does not begin before it ends, or lasts more than five years. */
function spanOf(from: Date | null, before: Date | null): { from: Date; before: Date } {
  const until = before ?? new Date()
  const since = from ?? new Date(until.valueOf() - daysUnlessTold * 86_400_000)
  const latest = new Date(since)
  latest.setUTCFullYear(since.getUTCFullYear() + yearsMost)
  if (since >= until) throw fault({ path: 'from', code: 'DATE_INVALID', message: ['须早于 before', 'earlier than before'] })
  if (until > latest) throw fault({ path: 'from', code: 'OUT_OF_RANGE', message: [`期间最长 ${yearsMost} 年`, `a period of at most ${yearsMost} years`] })
  return { from: since, before: until }
}
const fault = (field: FieldError) => refuseInput([field])

/** Process insight: figures computed from cases, tasks, terms and the history whenever they are asked for. */
@Resolver()
export class ProcessInsightResolver {
  @Query(() => ProcessInsightType, {
    description:
      '流程洞察：默认最近 90 天，最长 5 年；限可查看该流程全部案件者 / Process insight: the last 90 days unless told, 5 years at most; for whoever sees every case of the process',
  })
  processInsight(
    @Ctx() context: RequestContext,
    @Arg('process', () => ID) process: string,
    @Arg('from', () => DateTime, { nullable: true, description: '期初，含 / The first moment' }) from: Date | null,
    @Arg('before', () => DateTime, { nullable: true, description: '期末，不含；默认现在 / The end, not included; now unless told' }) before: Date | null,
  ): ProcessInsightType {
    viewerOf(context)
    const loaded = context.processes.current.get(process)
    if (!loaded) throw refuse('NOT_FOUND')
    admit(context, loaded)
    return new ProcessInsightType(context, loaded, { process, ...spanOf(from, before) })
  }
}
