import { Arg, Ctx, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { type Calendar, daysFrom, isWorkday, type Period, periodsOn } from '../define/index.js'
import { refuseInput } from '../engine/refused.js'
import { nameOfDay } from '../organisation/china-calendar.js'
import type { PublishedCalendar } from '../persistence/calendars.js'
import { type RequestContext, read } from './context.js'
import { DateTime, LocalDate } from './scalars.js'

export enum CalendarDayKind {
  REST = 'REST',
  WORK = 'WORK',
}
registerEnumType(CalendarDayKind, { name: 'CalendarDayKind', description: '休息日、工作日 / A rest day, a workday' })

@ObjectType('WorkingPeriod', { description: '工作时段，日历时区的当地时间 / Working hours, in the local time of the calendar' })
export class WorkingPeriodType {
  constructor([from, to]: Period) {
    this.from = from
    this.to = to
  }
  @Field(() => String, { description: 'HH:MM' }) readonly from: string
  @Field(() => String, { description: 'HH:MM，至 24:00 / up to 24:00' }) readonly to: string
}
@InputType('WorkingPeriodInput', { description: '工作时段 / Working hours' })
export class WorkingPeriodInput {
  @Field(() => String, { description: 'HH:MM' }) from!: string
  @Field(() => String, { description: 'HH:MM，至 24:00 / up to 24:00' }) to!: string
}
@InputType('CalendarDayInput', { description: '例外日 / A day that is not as the day of the week would have it' })
export class CalendarDayInput {
  @Field(() => LocalDate) day!: string
  @Field(() => CalendarDayKind) kind!: CalendarDayKind
  @Field(() => [WorkingPeriodInput], { nullable: true, description: '当日专用时段，仅限工作日 / Hours of its own; workdays only' })
  periods?: WorkingPeriodInput[] | null
}

@ObjectType('CalendarDay', { description: '日历中的一天 / A day of the calendar' })
export class CalendarDayType {
  readonly #calendar: Calendar
  constructor(
    calendar: Calendar,
    readonly date: string,
  ) {
    this.#calendar = calendar
  }
  @Field(() => LocalDate) get day(): string {
    return this.date
  }
  @Field(() => CalendarDayKind, { nullable: true, description: '例外安排；空表示按星期 / The exception; null: as the day of the week has it' })
  get kind(): string | null {
    const exception = this.#calendar.days[this.date]
    return typeof exception === 'object' ? 'WORK' : (exception ?? null)
  }
  @Field(() => String, { nullable: true, description: '节日名称 / The name of the holiday' }) label(@Ctx() context: RequestContext): string | null {
    const name = nameOfDay(this.#calendar, this.date)
    return name && read(context, name)
  }
  @Field(() => Boolean) get workday(): boolean {
    return isWorkday(this.#calendar, this.date)
  }
  @Field(() => [WorkingPeriodType]) get periods(): WorkingPeriodType[] {
    return periodsOn(this.#calendar, this.date).map((period) => new WorkingPeriodType(period))
  }
  @Field(() => Boolean, { description: '该年放假安排尚未公布 / The holidays of the year are not published yet' }) get provisional(): boolean {
    return !this.#calendar.announcedYears.includes(Number(this.date.slice(0, 4)))
  }
}

/** A page of a wall calendar, and what a client may want to lay out at once. */
const daysMax = 400

@ObjectType('Calendar', { description: '工作日历 / When the organisation works' })
export class CalendarType {
  constructor(readonly published: PublishedCalendar) {}
  @Field(() => Int) get version(): number {
    return this.published.version
  }
  @Field(() => String, { description: 'IANA 时区 / Time zone' }) get zone(): string {
    return this.published.calendar.zone
  }
  @Field(() => [WorkingPeriodType]) get periods(): WorkingPeriodType[] {
    return this.published.calendar.periods.map((period) => new WorkingPeriodType(period))
  }
  @Field(() => [Int], { description: '休息的星期：1 为星期一 / Days of the week that are no workdays; 1 is Monday' }) get restDays(): readonly number[] {
    return this.published.calendar.restDays
  }
  @Field(() => [Int], { description: '已公布放假安排的年份 / Years whose holidays are published' }) get announcedYears(): readonly number[] {
    return this.published.calendar.announcedYears
  }
  @Field(() => DateTime) get publishedAt(): Date {
    return new Date(this.published.publishedAt)
  }
  @Field(() => [CalendarDayType], { description: `含首尾，最多 ${daysMax} 天 / Both ends included, ${daysMax} days at most` })
  days(@Arg('from', () => LocalDate) from: string, @Arg('to', () => LocalDate) to: string): CalendarDayType[] {
    if (to < from) throw refuseInput([{ path: 'to', code: 'DATE_INVALID', message: ['不得早于开始日期', 'not before the first day'] }])
    const days = daysFrom(from, to, daysMax + 1)
    if (days.length > daysMax) throw refuseInput([{ path: 'to', code: 'TOO_MANY', message: [`最多 ${daysMax} 天`, `${daysMax} days at most`] }])
    return days.map((day) => new CalendarDayType(this.published.calendar, day))
  }
}
