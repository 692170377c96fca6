import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql'
import type { Period } from '../define/index.js'
import { refuse } from '../engine/refused.js'
import { calendarAt, newestCalendar } from '../persistence/calendars.js'
import { CalendarDayInput, CalendarType, WorkingPeriodInput } from './calendar.type.js'
import { type RequestContext, viewerOf } from './context.js'

@Resolver()
export class CalendarResolver {
  @Query(() => CalendarType, { description: '现行工作日历，或期限所依据的版本 / The calendar in force, or the version that a deadline was counted with' })
  async calendar(@Ctx() context: RequestContext, @Arg('version', () => Int, { nullable: true }) version?: number | null): Promise<CalendarType> {
    viewerOf(context)
    const published = version == null ? await newestCalendar(context.pool) : await calendarAt(context.pool, version)
    if (!published) throw refuse('NOT_FOUND')
    return new CalendarType(published)
  }
  @Mutation(() => CalendarType, {
    description:
      '发布新版日历：时区、时段、休息星期整体替换，例外日与已公布年份累加 / Publish the next version: zone, hours and rest days are replaced, exceptional days and announced years added',
  })
  async publishCalendar(
    @Ctx() context: RequestContext,
    @Arg('idempotencyKey', () => String) idempotencyKey: string,
    @Arg('zone', () => String, { nullable: true }) zone?: string | null,
    @Arg('periods', () => [WorkingPeriodInput], { nullable: true }) periods?: WorkingPeriodInput[] | null,
    @Arg('restDays', () => [Int], { nullable: true, description: '1 为星期一 / 1 is Monday' }) restDays?: number[] | null,
    @Arg('days', () => [CalendarDayInput], { nullable: true }) days?: CalendarDayInput[] | null,
    @Arg('announcedYears', () => [Int], { nullable: true }) announcedYears?: number[] | null,
  ): Promise<CalendarType> {
    const change = {
      action: 'SET_CALENDAR' as const,
      ...(zone != null && { zone }),
      ...(periods && { periods: periods.map(periodOf) }),
      ...(restDays && { restDays }),
      ...(days && { days: days.map(({ day, kind, periods: own }) => ({ day, kind, ...(own && { periods: own.map(periodOf) }) })) }),
      ...(announcedYears && { announcedYears }),
    }
    const answer = await context.door.administer({ actorId: viewerOf(context).employeeId, idempotencyKey, requestId: context.requestId, change })
    if (answer.replayed) context.markReplayed()
    return new CalendarType(await newestCalendar(context.pool))
  }
}
const periodOf = ({ from, to }: WorkingPeriodInput): Period => [from, to]
